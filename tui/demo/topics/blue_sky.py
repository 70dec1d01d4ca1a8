"""Why the sky is blue."""

from tui.demo.topics.topic import Topic

_SHORT_SCATTER = """\
The sky is blue because air scatters short wavelengths much more than long ones. Sunlight holds all \
colours; molecules of nitrogen and oxygen deflect blue light about four times as often as red, so blue \
reaches your eye from every direction and the rest comes mostly straight from the sun.

At sunset the light crosses far more air. The blue has been scattered out of the beam on the way, and what \
is left is orange and red."""

_SHORT_LAW = """\
It is Rayleigh scattering: particles much smaller than a wavelength scatter light in proportion to 1/λ⁴. \
Blue at 450 nm is scattered about 4.4 times as strongly as red at 650 nm, so the light that comes from the \
sky, rather than straight from the sun, is mostly blue.

Violet is scattered even more, but there is less of it in sunlight, some is absorbed high up, and our eyes \
respond to it weakly."""

_PROSE_AIR = """\
Without air the sky would be black at noon, as it is on the Moon. What lights it up is the atmosphere \
itself: molecules of nitrogen and oxygen catch a little of the passing sunlight and send it off in all \
directions.

They do not treat all colours alike. For particles much smaller than the wavelength, scattering grows with \
the fourth power of the frequency, so blue light is scattered about four times as often as red. Look away \
from the sun and what reaches you has been scattered at least once, hence it is mostly blue.

Why not violet, then, which is scattered more still? The sun emits less of it, ozone absorbs part of it, \
and the eye is much less sensitive there. The mixture that arrives looks to us like a pale, slightly \
whitened blue.

At sunset the light comes in flat and crosses some thirty times as much air. The blue has gone to make \
somebody else's sky, and the reddened remainder lights the clouds from below. Clouds are white by day \
because their droplets are larger than the wavelength, and those scatter all colours alike."""

_PROSE_HISTORY = """\
In 1869 John Tyndall sent a beam of white light through a tube of fine haze and saw it glow blue from the \
side. He had made a sky in the laboratory. Two years later Lord Rayleigh worked out why: very small \
scatterers send light aside in proportion to 1/λ⁴.

Tyndall believed in dust, but pure air does it too. The molecules lie at random, their density fluctuates \
from place to place, and these fluctuations are enough. Halve the wavelength and you scatter sixteen times \
as much, and from red to blue the factor is still more than four.

So a clear sky is the light that was removed from the direct beam. The two belong together: the more blue \
the air takes out, the yellower the sun looks, and near the horizon, where the path is longest, it turns \
red.

You can test it with a glass of water, a few drops of milk and a torch. From the side the water looks \
bluish; look at the torch through it and the light is orange. Add more milk and all of it turns white, \
since light is then scattered many times over, which is also why the sky pales towards the horizon."""

_DOCUMENT = """\
# Why the sky is blue

Air molecules scatter **short wavelengths** far more than long ones. The blue you see overhead is sunlight \
that has changed its direction at least once.

## The law

Rayleigh scattering grows with the inverse fourth power of the wavelength:

```python
def scattering(wavelength_nm: float, reference_nm: float = 650) -> float:
    \"\"\"How strongly air scatters, relative to red light.\"\"\"
    return (reference_nm / wavelength_nm) ** 4

for colour, nm in {"red": 650, "green": 530, "blue": 450, "violet": 400}.items():
    print(f"{colour:>7} {scattering(nm):4.1f}")
```

| Colour | Wavelength | Relative scattering |
|:-------|-----------:|--------------------:|
| Red    | 650 nm | 1.0 |
| Green  | 530 nm | 2.3 |
| Blue   | 450 nm | 4.4 |
| Violet | 400 nm | 7.0 |

## Then why is it not violet?

1. The sun emits less violet than blue.
2. Ozone absorbs part of it on the way down.
3. Our eyes:
   - have few receptors for it,
   - and read the mixture as a pale blue.

## The same effect elsewhere

- **Red sunsets**: a long path takes the blue out of the beam.
- **Blue hills** in the distance: lit air in front of them.
- **White clouds**: droplets are too large for the law, so
  - every colour is scattered alike,
  - and the sum is white.
- **Blue eyes**: no blue pigment, only fine structure.

> Without an atmosphere the stars would be out at noon."""

_REASONING = """\
Why is the sky blue: the standard answer is Rayleigh scattering, and I should give the mechanism rather \
than only the name. Small particles compared with the wavelength, dipole radiation, power goes with the \
fourth power of frequency.

Numbers: (650/450)^4 = 4.35. So blue about four times as much as red. Good.

The obvious follow-up is violet. Three causes: the solar spectrum drops, ozone absorbs, the eye is \
insensitive. I will put that in, because otherwise the explanation proves too much.

Also avoid the old error that the sky reflects the sea. No need to mention it unless asked. Sunset belongs \
in, as the other side of the same coin. Then finish."""

TOPIC = Topic(
    triggers=(frozenset({"sky", "blue"}), frozenset({"rayleigh"})),
    search_phrase="why the sky is blue Rayleigh scattering",
    short=(_SHORT_SCATTER, _SHORT_LAW),
    prose=(_PROSE_AIR, _PROSE_HISTORY),
    document=_DOCUMENT,
    reasoning=_REASONING,
)
