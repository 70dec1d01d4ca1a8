"""The output of a response while its events build it: items, their parts, and what of it has been told as deltas.

This API says everything up to four times (deltas, the end of a part, the end of an item, the end of the response) and
each word overrules the ones before. What was told so far is always the joined parts in their order, unless `is_stale`:
so nothing is kept twice, and deltas cost one look at the part they go on with.
"""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Generic, Literal, TypeAlias, TypeVar

from tui.core.dialects.responses_wire import Event, WireItem, WirePart
from tui.core.events import (
    ChoiceRestated,
    ReasoningDelta,
    RefusalDelta,
    RestatedCall,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
)
from tui.core.text import joined, paired
from tui.core.tool_calls import arguments_delta

_RESTATED_LIVE = 16
"""Corrections shown at once, each as long as the answer; later ones wait for the end, so that time stays linear."""
MAX_OPENED = 2_000
"""Items and parts of one answer; no real one has nearly as many."""

CallType = Literal["function", "custom"]
CALL_TYPES: dict[str | None, CallType] = {"function_call": "function", "custom_tool_call": "custom"}
"""Item types that are calls of ours to answer; hosted tools are none."""
_Order: TypeAlias = tuple[int, ...]


class Channel:
    """One of the texts of the answer. Deltas can only be added at its end."""

    __slots__ = ("event", "is_stale", "separator", "tail")

    def __init__(self, event: type[TextDelta] | type[ReasoningDelta] | type[RefusalDelta], separator: str = "") -> None:
        self.event = event
        self.separator = separator
        self.tail: Part | None = None
        """The part written last."""
        self.is_stale = False
        """What was told is not what the parts hold."""

    def write(self, part: "Part", text: str, events: list[StreamEvent]) -> None:
        """Add `text` to `part` and tell it."""
        part.fragments.append(text)
        part.chars += len(text)
        if part is not self.tail:
            if self.tail is not None:
                self.is_stale = self.is_stale or part.order < self.tail.order
                text = self.separator + text
            self.tail = part
        events.append(self.event(0, text))


@dataclass(frozen=True, slots=True)
class Place:
    """What kind of part: of which kind of item, in which channel, and its rank among the parts of the item."""

    kind: Literal["message", "reasoning"]
    channel: Literal["text", "reasoning", "refusal"]
    rank: int


TEXT = Place("message", "text", 0)
REFUSAL = Place("message", "refusal", 1)
SUMMARY = Place("reasoning", "reasoning", 0)
REASONING = Place("reasoning", "reasoning", 1)


class Part:
    """One part of a message or of reasoning, with the words its events name it by."""

    __slots__ = ("channel", "chars", "fragments", "item_id", "order", "output_index", "place", "position")

    def __init__(self, place: Place, channel: Channel, order: _Order, event: Event, position: int | None) -> None:
        self.place = place
        self.channel = channel
        self.order = order
        self.item_id = event.item_id
        self.output_index = event.output_index
        self.position = position
        self.fragments: list[str] = []
        self.chars = 0

    def text(self) -> str:
        """All of it."""
        if len(self.fragments) > 1:
            self.fragments = ["".join(self.fragments)]
        return self.fragments[0] if self.fragments else ""

    def replace(self, text: str) -> None:
        """Put `text` in the place of what there was, which leaves the channel stale."""
        self.fragments = [text] if text else []
        self.chars = len(text)
        self.channel.is_stale = True


class Item:
    """A message or a piece of reasoning."""

    __slots__ = ("id", "order", "parts")

    def __init__(self, id_: str, order: _Order) -> None:
        self.id = id_
        self.order = order
        self.parts: dict[tuple[Place, int], Part] = {}

    def written(self) -> list[Part]:
        """The parts that hold anything, in order."""
        return sorted((part for part in self.parts.values() if part.chars), key=lambda part: part.order)


class Call:
    """A function or custom call; `number` is its index in the deltas told."""

    __slots__ = ("call_id", "chars", "fragments", "id", "name", "number", "order", "type")

    def __init__(self, id_: str, order: _Order, type_: CallType, number: int) -> None:
        self.id = id_
        self.order = order
        self.type = type_
        self.number = number
        self.call_id = ""
        self.name = ""
        self.fragments: list[str] = []
        self.chars = 0


T = TypeVar("T", Item, Call)


class Shelf(Generic[T]):
    """The items of one kind, by the two names events have for them."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._by_id: dict[str, T] = {}
        self._by_index: dict[int, T] = {}

    def find(self, id_: str | None, index: int | None) -> T | None:
        """The item an event speaks of.

        The id counts first; an unknown one gives way to the index, as some gateways make up a new id for every event.
        """
        if id_ and (found := self._by_id.get(id_)) is not None:
            return found
        if index is not None:
            return self._by_index.get(index)
        return self.items[-1] if self.items and not id_ else None

    def announced(self, id_: str | None, index: int | None) -> T | None:
        """The item that is announced once more; another id under the same index is another item."""
        found = self.find(id_, index) if id_ or index is not None else None
        return None if found is not None and id_ and found.id not in ("", id_) else found

    def put(self, item: T, id_: str | None, index: int | None) -> T:
        """Add a new item."""
        self.items.append(item)
        if id_:
            self._by_id[id_] = item
        if index is not None:
            self._by_index[index] = item
        return item


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an answer holds, ready to be written anywhere."""

    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: tuple[RestatedCall, ...] = ()


_NOTHING = Contents()


class Output:
    """What the events built. Methods add to `events` what of it is to be told."""

    def __init__(self) -> None:
        self._channels = {
            "text": Channel(TextDelta),
            "reasoning": Channel(ReasoningDelta, "\n\n"),
            "refusal": Channel(RefusalDelta),
        }
        self._shelves = {"message": Shelf[Item](), "reasoning": Shelf[Item]()}
        self._call_shelves = {"function": Shelf[Call](), "custom": Shelf[Call]()}
        self._calls: list[Call] = []
        """In the order told."""
        self._calls_are_stale = False
        self._last: Part | None = None
        self._next_index = 0
        self.opened = 0
        """Items and parts; the decoder stops beyond `MAX_OPENED`."""
        self._restated = 0

    # -- deltas -----------------------------------------------------------------------------------------------------

    def add(self, place: Place, event: Event, events: list[StreamEvent]) -> None:
        """More of the part `event` speaks of."""
        text = event.delta
        if not isinstance(text, str) or not text:
            return
        part = self._part(place, event)
        part.channel.write(part, text, events)

    def is_writing(self, item_id: str | None, output_index: int | None, content_index: int | None) -> bool:
        """Whether a text delta with these names goes on with what was written last."""
        last = self._last
        return (
            last is not None
            and last.place is TEXT
            and last.channel.tail is last
            and last.item_id == item_id
            and last.output_index == output_index
            and last.position == content_index
        )

    def go_on(self, texts: list[str]) -> None:
        """More of the part written last, which is told already."""
        assert self._last is not None
        self._last.fragments += texts
        self._last.chars += sum(map(len, texts))

    def add_arguments(self, type_: CallType, event: Event, events: list[StreamEvent]) -> None:
        """More of a call's arguments (or input), even when the call was never announced."""
        text = arguments_delta(event.delta)
        if text:
            call = self._call(type_, event.item_id, event.output_index)
            call.fragments.append(text)
            call.chars += len(text)
            events.append(ToolCallDelta(0, call.number, type=type_, arguments=text))

    # -- announcements and last words -------------------------------------------------------------------------------

    def announce(self, item: WireItem, index: int | None, events: list[StreamEvent]) -> None:
        """An item begins; what it already holds counts."""
        self._last = None  # events that name no item speak of this one from now on
        type_ = CALL_TYPES.get(item.type)
        if type_ is not None:
            shelf = self._call_shelves[type_]
            call = shelf.announced(item.id, index)
            is_new = call is None
            call = call or self._open_call(type_, item.id, index)
            arguments = "" if call.chars else _arguments(item)
            self._tell_call(call, item.call_id, item.name, arguments, events, is_new=is_new)
        elif (kind := item.type or "") in self._shelves:
            found = self._shelves[kind].announced(item.id, index)
            found = found or self._open_item(kind, item.id, index)
            if not any(part.chars for part in found.parts.values()):
                self._take_parts(found, _parts(item), events)

    def finish_part(self, place: Place, event: Event, text: object, events: list[StreamEvent]) -> None:
        """The last word on one part. Empty or missing, it takes nothing back."""
        if isinstance(text, str) and text:
            self._finish(self._part(place, event), text, events)
            self._settle_live(events)

    def finish_arguments(self, type_: CallType, event: Event, value: object, events: list[StreamEvent]) -> None:
        """The last word on a call's arguments."""
        known = self._call_shelves[type_].find(event.item_id, event.output_index)
        call = known or self._call(type_, event.item_id, event.output_index)
        self._tell_call(call, event.call_id, event.name, arguments_delta(value), events, is_new=known is None)
        self._settle_live(events)

    def finish_item(self, item: WireItem, index: int | None, events: list[StreamEvent]) -> None:
        """The last word on an item. One that holds nothing takes nothing back."""
        type_ = CALL_TYPES.get(item.type)
        if type_ is not None:
            known = self._call_shelves[type_].find(item.id, index)
            call = known or self._open_call(type_, item.id, index)
            call_id = item.call_id or ("" if call.call_id else item.id)
            self._tell_call(call, call_id, item.name, _arguments(item), events, is_new=known is None)
        elif (kind := item.type or "") in self._shelves and (parts := _parts(item)):
            found = self._shelves[kind].find(item.id, index)
            self._take_parts(found or self._open_item(kind, item.id, index), parts, events)
        self._settle_live(events)

    def finish(self, output: list[WireItem], events: list[StreamEvent]) -> None:
        """The last word on everything. A list that holds nothing leaves what the events built."""
        final = contents_of(output)
        self.settle(events, final if final != _NOTHING else None)

    def settle(self, events: list[StreamEvent], final: Contents | None = None) -> None:
        """Tell what is missing when `final` goes on from what was told, and all of it anew when it does not."""
        is_stale = self._calls_are_stale or any(channel.is_stale for channel in self._channels.values())
        if not is_stale and final is None:
            return
        built = self._built()
        final = final or built
        if is_stale or not _goes_on(built, final):
            events.append(ChoiceRestated(0, final.text, final.reasoning, final.refusal, final.calls))
            self._mark_told()
        elif final != built:
            _tell_rest(built, final, events)

    def _settle_live(self, events: list[StreamEvent]) -> None:
        if self._restated < _RESTATED_LIVE:
            before = len(events)
            self.settle(events)
            self._restated += len(events) > before

    # -- parts ------------------------------------------------------------------------------------------------------

    def _part(self, place: Place, event: Event) -> Part:
        position = event.summary_index if place is SUMMARY else event.content_index
        last = self._last
        if (
            last is not None
            and last.place is place
            and last.position == position
            and last.item_id == event.item_id
            and last.output_index == event.output_index
        ):
            return last
        item = self._shelves[place.kind].find(event.item_id, event.output_index)
        item = item or self._open_item(place.kind, event.item_id, event.output_index)
        self._last = self._part_of(item, place, event, position)
        return self._last

    def _part_of(self, item: Item, place: Place, event: Event, position: int | None) -> Part:
        key = (place, position or 0)
        part = item.parts.get(key)
        if part is None:
            self.opened += 1
            order = (*item.order, place.rank, key[1])
            part = item.parts[key] = Part(place, self._channels[place.channel], order, event, position)
        return part

    def _finish(self, part: Part, text: str, events: list[StreamEvent]) -> None:
        if len(text) == part.chars and text == part.text():
            return
        tail = part.channel.tail
        at_end = tail is None or tail is part or part.order > tail.order
        if at_end and part.chars < len(text) and text.startswith(part.text()):
            part.channel.write(part, text[part.chars :], events)
        elif paired(text) != paired(part.text()):
            part.replace(text)

    def _take_parts(self, item: Item, parts: list[tuple[Place, int, str]], events: list[StreamEvent]) -> None:
        """Make `item` hold just `parts`. Where its text was cut into parts does not matter, nor which kind of reasoning
        it was called."""
        written = item.written()
        if written and _same_text(written, parts):
            return
        kept = {(place, position) for place, position, _ in parts}
        for part in written:
            if (part.place, part.position or 0) not in kept:
                part.replace("")
        for place, position, text in parts:
            self._finish(self._part_of(item, place, Event(), position), text, events)

    def _open_item(self, kind: str, id_: str | None, index: int | None) -> Item:
        return self._shelves[kind].put(Item(id_ or "", self._new_order(index)), id_, index)

    def _new_order(self, index: int | None) -> _Order:
        """By index; an item without one comes after all there are."""
        self.opened += 1
        place = self._next_index if index is None else index
        self._next_index = max(self._next_index, place + 1)
        return (place, self.opened)

    # -- calls ------------------------------------------------------------------------------------------------------

    def _call(self, type_: CallType, id_: str | None, index: int | None) -> Call:
        return self._call_shelves[type_].find(id_, index) or self._open_call(type_, id_, index)

    def _open_call(self, type_: CallType, id_: str | None, index: int | None) -> Call:
        call = Call(id_ or "", self._new_order(index), type_, len(self._calls))
        self._calls_are_stale = self._calls_are_stale or any(call.order < other.order for other in self._calls[-1:])
        self._calls.append(call)
        return self._call_shelves[type_].put(call, id_, index)

    def _tell_call(
        self, call: Call, id_: str | None, name: str | None, arguments: str, events: list[StreamEvent], *, is_new: bool
    ) -> None:
        """Add what is new about `call`; what contradicts leaves the calls stale."""
        new_id = self._new_word(call.call_id, id_)
        new_name = self._new_word(call.name, name)
        call.call_id, call.name = id_ or call.call_id, name or call.name
        rest = ""
        if arguments and (built := "".join(call.fragments)) != arguments:
            if arguments.startswith(built):
                rest = arguments[len(built) :]
            elif paired(arguments) != paired(built):
                self._calls_are_stale = True
            call.fragments, call.chars = [arguments], len(arguments)
        if is_new or new_id or new_name or rest:
            events.append(ToolCallDelta(0, call.number, paired(new_id), call.type, paired(new_name), rest))

    def _new_word(self, known: str, said: str | None) -> str:
        if not said or said == known:
            return ""
        self._calls_are_stale = self._calls_are_stale or bool(known)
        return "" if known else said

    # -- the whole --------------------------------------------------------------------------------------------------

    def _built(self) -> Contents:
        told = {
            name: channel.separator.join(part.text() for part in self._in_order(channel))
            for name, channel in self._channels.items()
        }
        calls = sorted(self._calls, key=lambda call: call.order)
        return Contents(
            paired(told["text"]),
            paired(told["reasoning"]),
            paired(told["refusal"]),
            tuple(
                RestatedCall(paired(call.call_id), call.type, paired(call.name), joined(call.fragments))
                for call in calls
            ),
        )

    def _in_order(self, channel: Channel) -> list[Part]:
        items = [item for shelf in self._shelves.values() for item in shelf.items]
        parts = [part for item in items for part in item.written() if part.channel is channel]
        return sorted(parts, key=lambda part: part.order)

    def _mark_told(self) -> None:
        """After a restatement deltas go on from what it said."""
        for channel in self._channels.values():
            channel.is_stale = False
            parts = self._in_order(channel)
            channel.tail = parts[-1] if parts else None
        self._calls.sort(key=lambda call: call.order)
        self._calls_are_stale = False
        for number, call in enumerate(self._calls):
            call.number = number


def contents_of(output: list[WireItem]) -> Contents:
    """What a list of final items holds."""
    texts: dict[str, list[str]] = {"text": [], "reasoning": [], "refusal": []}
    calls = []
    for item in output:
        type_ = CALL_TYPES.get(item.type)
        if type_ is not None:
            id_ = paired(item.call_id or item.id or "")
            calls.append(RestatedCall(id_, type_, paired(item.name or ""), paired(_arguments(item))))
        elif item.type in ("message", "reasoning"):
            for place, _, text in _parts(item):
                texts[place.channel].append(text)
    return Contents(
        joined(texts["text"]), paired("\n\n".join(texts["reasoning"])), joined(texts["refusal"]), tuple(calls)
    )


def _arguments(item: WireItem) -> str:
    return arguments_delta(item.input if item.type == "custom_tool_call" else item.arguments)


def _parts(item: WireItem) -> list[tuple[Place, int, str]]:
    """The parts of `item` that hold anything. Gateways call the text of reasoning `output_text` as well."""
    is_message = item.type == "message"
    content = [WirePart(text=item.content)] if isinstance(item.content, str) else item.content or []
    summary = [] if is_message else item.summary or []
    parts = [(SUMMARY, position, part.text) for position, part in enumerate(summary)]
    for position, part in enumerate(content):
        parts.append((TEXT if is_message else REASONING, position, part.text))
        if is_message:
            parts.append((REFUSAL, position, part.refusal))
    return [(place, position, text) for place, position, text in parts if text]


def _same_text(written: list[Part], parts: list[tuple[Place, int, str]]) -> bool:
    if sum(part.chars for part in written) != sum(len(text) for _, _, text in parts):
        return False
    if any(part.place.kind == "reasoning" for part in written):
        return [part.text() for part in written] == [text for _, _, text in parts]
    return all(
        "".join(part.text() for part in written if part.place is place)
        == "".join(text for other, _, text in parts if other is place)
        for place in (TEXT, REFUSAL)
    )


def _goes_on(built: Contents, final: Contents) -> bool:
    """Whether deltas can lead from `built` to `final`."""
    return (
        final.text.startswith(built.text)
        and final.reasoning.startswith(built.reasoning)
        and final.refusal.startswith(built.refusal)
        and len(final.calls) >= len(built.calls)
        and all(
            after.type == before.type
            and before.id in ("", after.id)
            and before.name in ("", after.name)
            and after.arguments.startswith(before.arguments)
            for before, after in zip(built.calls, final.calls, strict=False)
        )
    )


def _tell_rest(built: Contents, final: Contents, events: list[StreamEvent]) -> None:
    if rest := final.reasoning[len(built.reasoning) :]:
        events.append(ReasoningDelta(0, rest))
    if rest := final.text[len(built.text) :]:
        events.append(TextDelta(0, rest))
    if rest := final.refusal[len(built.refusal) :]:
        events.append(RefusalDelta(0, rest))
    for number, (before, after) in enumerate(zip_longest(built.calls, final.calls, fillvalue=RestatedCall())):
        if before != after or number >= len(built.calls):
            rest = after.arguments[len(before.arguments) :]
            events.append(ToolCallDelta(0, number, after.id, after.type, after.name, rest))
