"""The TCP handshake."""

from tui.demo.topics.topic import Topic

_SHORT_STEPS = """\
TCP opens a connection with three segments:

1. **SYN** – the client picks a sequence number *x* and asks to connect.
2. **SYN-ACK** – the server picks its own number *y* and acknowledges *x* + 1.
3. **ACK** – the client acknowledges *y* + 1, and may send data with it.

After one round trip both sides know that the other can send *and* receive, and where each stream of bytes starts."""

_SHORT_WHY = """\
The handshake exists because each side must learn two things: that the other hears it, and at which number \
the other will start counting bytes. The client sends a SYN with its number, the server answers with a SYN \
of its own plus an acknowledgement, and the client acknowledges that. Three segments, one round trip.

Two would not be enough. The server could not tell a fresh SYN from an old duplicate that wandered in \
late, and would keep connections open which nobody wants."""

_PROSE_NUMBERS = """\
TCP numbers every byte it sends, and the handshake is how two machines agree where the counting starts. \
The client chooses a random initial sequence number and sends it in a segment with the SYN flag. The \
server answers with its own number, SYN set, and acknowledges the client's number plus one. The client \
acknowledges in turn.

That is one and a half round trips on paper, but only one of them delays the client: its last ACK can \
carry the first bytes of the request. Over a link of 80 ms, opening a connection costs 80 ms, whatever the \
bandwidth.

The starting numbers are random for a reason. If they could be guessed, a third party could forge segments \
of a connection that it cannot see. They also keep stray segments of an earlier connection on the same \
ports from being taken for new data.

The server has to remember each half-open connection until the final ACK arrives, which invites an attack: \
send SYNs from made-up addresses and never answer. SYN cookies solve it neatly. The server packs what it \
would have stored into its sequence number and keeps nothing; a genuine client returns the number in its \
ACK, and the state is rebuilt."""

_PROSE_STORY = """\
Think of two people on a bad telephone line. "Can you hear me?" – "Yes; can you hear me?" – "Yes." After \
these three sentences each knows that both directions work. TCP does exactly this with the segments SYN, \
SYN-ACK and ACK.

Along with the question, each side states the number from which it will count its bytes. From then on \
every acknowledgement means "I have everything up to here", and whatever is not acknowledged in time is \
sent again.

The opening segments also carry options that cannot be changed later: the largest segment each side \
accepts, the scale factor for its receive window, and whether selective acknowledgements are understood. A \
middlebox that strips these options does not break the connection, but it can make it surprisingly slow.

When a handshake fails, the way it fails is informative. A RST at once means that the host is there and \
nothing listens on the port. Silence means a firewall or a dead host, and the client repeats its SYN after \
1, 3 and 7 seconds before it gives up. Much of what is called a hanging program is this waiting."""

_DOCUMENT = """\
# The TCP handshake

Before any data flows, the two ends agree that **both directions work** and **where the byte numbers start**.

## Sequence

```text
client                                server
  |  SYN      seq=4000                  |   SYN-SENT
  | ----------------------------------> |   SYN-RECEIVED
  |  SYN-ACK  seq=9000  ack=4001        |
  | <---------------------------------- |
  |  ACK      seq=4001  ack=9001        |
  | ----------------------------------> |   ESTABLISHED
```

A SYN counts as one byte, hence the `+ 1` in each acknowledgement.

## What each segment settles

| Segment | Flags | Tells the other side | State afterwards |
|:--------|:------|:---------------------|:-----------------|
| 1 | `SYN` | my first number, my options | `SYN-SENT` |
| 2 | `SYN`, `ACK` | my first number; yours arrived | `SYN-RECEIVED` |
| 3 | `ACK` | yours arrived too | `ESTABLISHED` |

## Options that travel along

- **Maximum segment size**, usually 1460 bytes on Ethernet
- **Window scale**, without which
  - at most 64 KiB can be in flight,
  - and a fast, distant link stays mostly idle
- **SACK permitted**, so that one loss does not resend everything

## When it goes wrong

1. `RST` at once: nobody listens on that port.
2. Silence: a firewall drops the segments, or the host is down.
   - The client retries after 1 s, 3 s, 7 s …
3. Many half-open connections: perhaps a SYN flood; *SYN cookies* help.

> One round trip before the first byte is the price of every new connection. Keeping connections open is \
the cheapest optimisation there is."""

_REASONING = """\
A question about the TCP handshake. The core is three segments, but the interesting part is why three. \
Each side has to announce an initial sequence number and have it acknowledged. That is four messages \
logically; the middle two merge into one SYN-ACK, so three on the wire.

Why not two? Because of old duplicates: the server must know that the client really exists now and \
received its number. I should say that clearly.

Latency: the client can send data along with the third segment, so it waits one RTT, not one and a half. \
Worth a sentence, people get this wrong. TLS adds another round trip; that is outside the question.

I will name the flags, give the numbers once, and stop."""

TOPIC = Topic(
    triggers=(frozenset({"tcp", "handshake"}), frozenset({"three-way", "handshake"}), frozenset({"tcp", "connection"})),
    search_phrase="TCP three-way handshake",
    short=(_SHORT_STEPS, _SHORT_WHY),
    prose=(_PROSE_NUMBERS, _PROSE_STORY),
    document=_DOCUMENT,
    reasoning=_REASONING,
)
