"""How a rainbow forms."""

from tui.demo.topics.topic import Topic

_SHORT_LIGHT = """\
A rainbow is sunlight taken apart by raindrops. Light bends as it enters a drop, reflects once off the \
back, and bends again on the way out; because blue bends slightly more than red, white light leaves as a \
fan of colours.

Each drop sends red back at about **42°** and violet at about **40°** from the point opposite the sun. You \
see one colour from each drop, and all the drops at the same angle together make the arc. That is why the \
sun must be behind you, and why no two people ever see quite the same bow."""

_SHORT_ANGLE = """\
Stand with the sun behind you and rain in front: every raindrop in view is returning a little sunlight, \
but only drops that sit about **42°** away from the shadow of your head return it strongly. Points at one \
fixed angle from a line form a circle, so you see an arc.

The colours come from refraction. Water bends short wavelengths more than long ones, so red leaves a drop \
at a slightly steeper angle than violet, and the arc gets a red outer edge and a violet inner one."""

_SHORT_STEPS = """\
Three things happen inside each raindrop:

1. **Refraction in.** Sunlight slows and bends at the surface; violet bends most, red least.
2. **One reflection** off the far side of the drop.
3. **Refraction out**, which spreads the colours further.

The light comes back concentrated near 42° for red and 40° for violet. Millions of drops at those angles \
draw the bow, red outside, violet inside."""

_PROSE_DROP = """\
Follow one ray of sunlight into one raindrop. At the surface it slows down and bends, and it bends by an \
amount that depends on its colour: violet a little more than red. It crosses the drop, reflects off the \
inner back wall, and bends once more as it leaves. A ray that came in white goes out as a narrow fan of \
colours.

The drop does not send this fan everywhere. However a ray enters, it cannot be turned back by more than \
about 42° from the direction it came from, and near that limit many rays bunch together. That bunching \
makes the light bright enough to see. For red the limit is 42.4°, for violet 40.5°, and the other colours \
lie between.

Now add the observer. With the sun behind you, imagine a line from the sun through your head and on into \
the rain: it points at the shadow of your head. Every drop lying 42° from that line sends you red, and \
those drops form a circle around it. The ground usually hides the lower half, so you see an arch; from an \
aeroplane you may see it whole.

Sometimes a second, fainter bow appears at about 51°. Its light has reflected twice inside each drop, so \
its colours run the other way. Between the two bows the sky looks darker, because drops there send no \
light towards you; this is Alexander's band, described in the year 200 and still easy to spot."""

_PROSE_OBSERVER = """\
A rainbow is not an object at a place; it is a set of directions. Walk towards it and it walks away, \
because what you see is every raindrop that happens to lie about 42° from the point opposite the sun, as \
measured from your own eyes.

Each of those drops works like a small mirror with a prism in front. Sunlight bends on entering, is \
reflected once by the back of the drop and bends again on leaving. Water bends blue light more than red, \
so the colours leave at slightly different angles, and a given drop shows you just one of them: high drops \
red, lower drops violet.

Why 42°? Rays that hit the drop off-centre are turned through different angles, but the angle has an \
extreme value, and near an extreme value things change slowly. A wide bundle of incoming rays leaves in \
almost the same direction, so the light piles up there. Descartes found this by tracing rays by hand in \
1637; Newton added the colours thirty years later.

The same picture explains the details. Low sun gives a tall bow, and when the sun stands higher than 42° \
there is none. The sky inside the bow is brighter, since drops there still return some mixed light. Large \
drops give vivid colours, and the tiny drops of fog give a bow that is broad and nearly white."""

_PROSE_TALE = """\
It takes a shower in front of you, the sun low behind you, and about a millimetre of water, many million \
times over. Each falling drop catches a beam of sunlight, bends it, bounces it once off its back wall and \
bends it out again.

Bending is where the colour comes from. Light of different wavelengths travels at slightly different \
speeds in water, so the beam is spread out: red comes back 42° from its original path, violet 40°. A drop \
sends all of these colours, but they leave in different directions, and only one of them reaches your eye. \
The neighbour below supplies the next.

Drops fall, yet the bow stands still. As a drop sinks through the band it flashes red, then orange, \
yellow, green, blue and violet, and others take its place above. What stays is the geometry: the angle \
between sun, drop and eye.

So each of us has a private rainbow. Move one step aside and other drops paint it; even your two eyes see \
slightly different ones. It cannot be reached, but it can be predicted: find the shadow of your head, look \
42° away from it in any direction, and if there is rain in the sun, there it will be."""

_DOCUMENT = """\
# How a rainbow forms

A rainbow appears when **sunlight** from behind you meets **raindrops** in front of you. Every drop bends \
the light, reflects it once and bends it again; the bow is what millions of drops send to one pair of \
eyes.

## The path of a ray

1. **Entering.** Light slows down in water and bends at the surface.
   - Red bends least, violet most.
   - The difference is small, about 1 % in the refractive index.
2. **Turning back.** Part of the light reflects off the far wall.
   - Most of it passes through and is lost.
   - What remains is enough, since there are so many drops.
3. **Leaving.** The ray bends again, and the colours spread further.

## One angle per colour

| Colour | Wavelength | Refractive index | Angle of the bow |
|:-------|-----------:|-----------------:|-----------------:|
| Red    | 700 nm | 1.331 | 42.4° |
| Yellow | 580 nm | 1.333 | 42.1° |
| Green  | 530 nm | 1.335 | 41.8° |
| Violet | 400 nm | 1.344 | 40.5° |

The angle can be computed. For a ray that strikes the drop at incidence `i`, the total deflection has a \
minimum, and near this minimum the light bunches together:

```python
from math import asin, cos, degrees, sin, sqrt

def bow_angle(n: float) -> float:
    \"\"\"Angle of the primary bow, in degrees, for refractive index n.\"\"\"
    i = asin(sqrt((4 - n * n) / 3))      # incidence of least deflection
    r = asin(sin(i) / n)                 # Snell's law
    return degrees(4 * r - 2 * i)

for colour, n in [("red", 1.331), ("violet", 1.344)]:
    print(f"{colour:>7}: {bow_angle(n):.1f}°")
```

## Why it is an arc

All drops at 42° from the point opposite the sun form a *circle* around that point. The horizon hides the lower part.

> The rainbow has no place of its own. Everybody at the roadside sees another one, made by other drops.

## Worth looking for

- **The second bow**, at 51°, with its colours reversed: two reflections.
- **Alexander's band**, the darker sky between the two.
- **Supernumerary arcs**, faint pink and green fringes inside the bow:
  - they come from interference,
  - and they need drops of nearly equal size."""

_REASONING = """\
The user asks how a rainbow forms. Let me decide what is essential. Refraction, one internal reflection, \
refraction again. Then the angle, since without it the arc is unexplained. People often stop at "light \
splits into colours", but a prism does that as well and makes no bow.

Where does 42° come from? Deflection as a function of where the ray hits the drop has a minimum of about \
138°, and 180 − 138 = 42. Rays bunch up near a minimum, so that direction is bright. For violet the index \
is a bit higher, giving about 40.5°. So red is on the outside. Good, that matches what one sees.

Should I mention the secondary bow? One sentence at most. I want to be careful about total internal \
reflection: the reflection at the back of the drop is *not* total, which many texts get wrong. I will \
simply say that it reflects once.

Order: the drop, the angle, the observer. Keep it plain."""

TOPIC = Topic(
    triggers=(frozenset({"rainbow"}), frozenset({"rainbows"})),
    search_phrase="how rainbows form",
    short=(_SHORT_LIGHT, _SHORT_ANGLE, _SHORT_STEPS),
    prose=(_PROSE_DROP, _PROSE_OBSERVER, _PROSE_TALE),
    document=_DOCUMENT,
    reasoning=_REASONING,
)
