"""The inspector: everything one stream sent and received, event by event, with the request and what carried it.

It reads the tape the stream keeps anyway, on from where it stopped, and only while it is on screen.
"""

from collections.abc import Mapping, Set
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from tui.app.actions import Place
from tui.app.blind.notice import BlindNotice
from tui.app.inspector.event_list import EventList
from tui.app.inspector.event_words import bytes_text, gap_text
from tui.app.inspector.json_lines import NOT_KEPT, payload_lines
from tui.app.inspector.pages import attempts_page, connection_page, request_page, response_page
from tui.app.inspector.section_strip import Section, SectionStrip
from tui.app.inspector.shown_events import ShownEvents
from tui.app.inspector.text_page import TextPage
from tui.app.notices import say
from tui.app.run import Run
from tui.app.shown import assembled, content, name_shown
from tui.app.state_words import state_word
from tui.app.views.view import View
from tui.app.widgets.search_bar import SearchBar
from tui.app.widgets.tab_strip import Tab, TabStrip
from tui.core.attempts import Attempt
from tui.core.clean import Clean, clean_line
from tui.core.curl import curl_command
from tui.core.exchange import Exchange
from tui.core.figures import duration_text, grouped
from tui.core.stream import StreamState
from tui.core.tape import Tape
from tui.core.tape_events import TapeEvent, TapeReader

FRAME_BUDGET_NS: Final = 16_000_000
"""What one frame may spend on reading and filtering events: a long stream is read in a few frames, and keys get through
in between."""
_SIDE_BY_SIDE: Final = 110
"""Columns from which on the payload stands beside the list."""


class InspectorView(View):
    """One stream at a time."""

    PLACE: ClassVar[Place] = Place.INSPECTOR
    DEFAULT_CSS = """
    InspectorView {
        & > TabStrip { display: none; }
        &.-several > TabStrip { display: block; }
        & > #body { height: 1fr; layout: vertical; }
        &.-beside > #body { layout: horizontal; }
        & EventList { height: 2fr; min-height: 5; }
        & #payload-box { height: 3fr; }
        &.-beside EventList { width: 4fr; height: 1fr; }
        &.-beside #payload-box { width: 3fr; height: 1fr; }
        & .box {
            width: 1fr; height: 1fr; border: round $pane-border; padding: 0 1; background: $background;
            border-title-color: $pane-title; border-subtitle-color: $text-muted;
        }
        & .box:focus-within { border: round $pane-border-focus; }
        & #page-box { display: none; }
        &.-page #page-box { display: block; }
        &.-page EventList, &.-page #payload-box { display: none; }
        &.-blind > TabStrip, &.-blind > SectionStrip, &.-blind > #body, &.-blind > SearchBar { display: none; }
    }
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._target = run.placed[0].name if run.targets else ""
        self._section = Section.EVENTS
        self._chosen_attempt: int | None = None
        """The try that is looked at. None for the latest."""
        self._shown: ShownEvents | None = None
        self._state: StreamState | None = None
        self._payload_of: tuple[Tape, TapeEvent, int] | None = None
        """What is laid out, and for which width."""
        self._page_of: object = None
        self._slowest: list[int] = []
        """Rows that the key for the slowest gap has yet to go to."""
        self._tabs = TabStrip()
        self._strip = SectionStrip()
        self._list = EventList()
        self._payload = TextPage()
        self._page = TextPage()
        self._search_bar = SearchBar()
        self._notice = BlindNotice()
        self._payload_box = Vertical(self._payload, id="payload-box", classes="box")
        self._page_box = Vertical(self._page, id="page-box", classes="box")

    def compose(self) -> ComposeResult:
        """Targets, sections, the list with the payload or a page, the filter."""
        yield self._tabs
        yield self._strip
        with Container(id="body"):
            yield self._list
            yield self._payload_box
            yield self._page_box
        yield self._search_bar
        yield self._notice

    def on_resize(self, event: events.Resize) -> None:
        """The payload beside the list, or below it."""
        self.set_class(event.size.width >= _SIDE_BY_SIDE, "-beside")

    # -- whose stream, and which try --------------------------------------------------------------------------------

    @property
    def target_name(self) -> str | None:
        """The target that is looked at; nobody while that is hidden."""
        return None if self.run.blind.hides else self._target

    def look_at(self, name: str | None) -> None:
        """The stream of the target the user was at in the view before."""
        if name is not None and self._index_of(name) is not None:
            self._target = name

    def targets_changed(self, renamed: Mapping[str, str]) -> None:
        """Stay with the target, under its new name too; to the first one when it went."""
        name = renamed.get(self._target, self._target)
        if self._index_of(name) is None:
            self._go_to_first()
        else:
            self._target = name

    def dealt(self) -> None:
        """The first one, whoever that is."""
        self._go_to_first()

    def _go_to_first(self) -> None:
        self._target, self._chosen_attempt = self.run.placed[0].name, None

    def _index_of(self, name: str) -> int | None:
        return next((index for index, target in enumerate(self.run.placed) if target.name == name), None)

    def _go_to_target(self, index: int) -> None:
        self._target = self.run.placed[index % len(self.run.placed)].name
        self._chosen_attempt = None
        self._show_now()

    @property
    def _attempt_index(self) -> int:
        """Which try is looked at, from 0."""
        tries = len(self._state.exchanges) if self._state else 1
        return tries - 1 if self._chosen_attempt is None else min(self._chosen_attempt, tries - 1)

    @property
    def _exchange(self) -> Exchange | None:
        return self._state.exchanges[self._attempt_index] if self._state else None

    @property
    def _attempt(self) -> Attempt | None:
        """The figures of the try. None before it started."""
        attempts = self._state.attempts if self._state else ()
        return attempts[self._attempt_index] if self._attempt_index < len(attempts) else None

    @property
    def is_behind(self) -> bool:
        """Whether the next frame has something to show even when nothing more arrives."""
        return self._shown is not None and self._shown.is_behind

    # -- drawing ----------------------------------------------------------------------------------------------------

    def show_changed(self, names: Set[str]) -> None:
        """Take in what came, as far as there is time; what is left is taken in with the next frames."""
        if self.run.blind.hides:
            return
        self._take_stream()
        if self._shown is not None and (self._target in names or self._shown.is_behind):
            self._take_events(self._shown)
        self._show_open()

    def show_figures(self, now_ns: int) -> None:
        """Titles and tabs."""
        hides = self.run.blind.hides
        self._notice.show_sentence(self.run.blind.sentence if hides else "")
        self.set_class(hides, "-blind")
        if hides:
            return
        self.set_class(len(self.run.placed) > 1, "-several")
        self._tabs.show([self._tab(number, name, now_ns) for number, name in enumerate(self._names(), 1)])
        self._strip.show(self._section, clean_line(self._words(now_ns)))
        self._list.show_words(self._list_words())
        if self._search_bar.has_class("-open"):
            self._search_bar.show_found(self._found_words())

    def _show_now(self) -> None:
        self.show_changed({self._target})
        self.show_figures(self.run.clock.now_ns())

    def _names(self) -> list[str]:
        return [target.name for target in self.run.placed]

    def _tab(self, number: int, name: str, now_ns: int) -> Tab:
        word = state_word(self.run.state(name), now_ns)
        colour = self.app.theme_variables.get(word.style, "")
        return Tab(number, word.glyph, colour, name_shown(name), name == self._target)

    def _words(self, now_ns: int) -> str:
        """How the stream stands, on the right of the sections."""
        word = state_word(self._state, now_ns)
        tries = len(self._state.exchanges) if self._state else 1
        which = f"attempt {self._attempt_index + 1} of {tries} · " if tries > 1 else ""
        return f"{which}{word.glyph} {word.word}"

    def _take_stream(self) -> None:
        """Begin anew when it is another stream, or another try of it."""
        state = self.run.state(self._target)
        if state is not self._state:
            self._state, self._chosen_attempt = state, None
        tape = self._exchange.tape if self._exchange else None
        if (self._shown.reader.tape if self._shown else None) is tape:
            return
        self._slowest.clear()
        if tape is None or state is None:
            self._shown = None
            self._list.show(None, 0, str)
            return
        kept = self._shown
        self._shown = ShownEvents(TapeReader(tape, state.target.dialect, state.target.policy.bounds.event_bytes))
        if kept is not None:
            self._shown.filter(kept.type, kept.needle)
        started_ns = self._attempt.start_ns if self._attempt else state.timeline.due_ns
        self._list.show(self._shown, started_ns, state.redactor.known)
        self._take_events(self._shown)

    def _take_events(self, shown: ShownEvents) -> None:
        clock = self.run.clock
        until_ns = clock.now_ns() + FRAME_BUDGET_NS
        is_over = self._state is None or self._attempt_index < len(self._state.exchanges) - 1 or self._state.is_over
        if shown.read_on(is_over=is_over, has_time=lambda: clock.now_ns() < until_ns):
            self._list.grown()

    def _show_open(self) -> None:
        if self._section is Section.EVENTS:
            self._show_payload()
        else:
            self._show_page()

    def _show_payload(self) -> None:
        """The current event's payload, laid out once."""
        shown, row = self._shown, self._list.current
        if shown is None or row >= len(shown):
            if self._payload_of is not None or not self._payload.text:
                self._payload_of = None
                self._payload.show([content(clean_line(self._nothing_words()), "$metric-label")], is_new=True)
                self._title_payload(None)
            return
        event = shown.event(row)
        of = shown.reader.tape, event, self._payload.size.width
        if of != self._payload_of:
            self._payload_of = of
            self._payload.show(self._payload_lines(shown, event), is_new=True)
            self._title_payload(event)

    def _payload_lines(self, shown: ShownEvents, event: TapeEvent) -> list[Content]:
        assert self._state is not None
        data = shown.reader.payload(event)
        redactor, status = self._state.redactor, self._exchange.status if self._exchange else None
        if data is None:
            return [NOT_KEPT]
        is_error = (status or 0) >= 300 or event.type == "error"
        return payload_lines(data, redactor.text if is_error else redactor.known, self._payload.size.width)

    def _title_payload(self, event: TapeEvent | None) -> None:
        if event is None or self._shown is None:
            self._payload_box.border_title = content(Clean("payload"))
            self._payload_box.border_subtitle = None
            return
        number = self._shown.number(self._list.current)
        self._payload_box.border_title = assembled((clean_line(f"#{number + 1}"), "bold"), (Clean(" · "), ""),
                                                   (name_shown(event.type), ""))  # fmt: skip
        gap = self._shown.gap_ns(number)
        after = f" · {gap_text(gap)} ms after the last" if gap is not None else ""
        self._payload_box.border_subtitle = content(clean_line(f"{bytes_text(event.size)} bytes{after}"))

    def _nothing_words(self) -> str:
        if self._state is None:
            return "This target was not asked anything yet."
        if self._shown is not None and self._shown.is_filtered and self._shown.reader.events:
            return "No event passes the filter; escape shows all."
        return "Nothing has arrived yet." if not self._state.is_over else "Nothing arrived."

    def _list_words(self) -> list[str]:
        """How many there are, what is left out, the longest gap, and whether the list moves."""
        shown = self._shown
        if shown is None or not shown.reader.events:
            return []
        total = grouped(len(shown.reader.events))
        parts = [f"{grouped(len(shown))} of {total}" if shown.is_filtered else total]
        parts += [shown.type] if shown.type is not None else []
        parts += [f"“{shown.needle}”"] if shown.needle else []
        if longest := shown.longest_gap():
            parts.append(f"longest gap {duration_text(longest[1])} at #{longest[0] + 1}")
        return [*parts, *(["reading"] if shown.is_behind else ["following"] if self._is_following else [])]

    @property
    def _is_following(self) -> bool:
        return self._list.follow and self._state is not None and not self._state.is_over

    def _found_words(self) -> str:
        shown = self._shown
        if shown is None or not shown.is_filtered:
            return ""
        return f"{grouped(len(shown))} of {grouped(len(shown.reader.events))} events"

    def _show_page(self) -> None:
        """The page of the open section, brought up to date when something happened."""
        state, exchange = self._state, self._exchange
        place = (self._section, self._target, self._attempt_index, self._page.size.width)
        of = (place, state.version if state else None, state)
        if of == self._page_of:
            return
        is_new = not isinstance(self._page_of, tuple) or self._page_of[0] != place
        self._page_of = of
        self._page.show(self._page_lines(state, exchange), is_new=is_new)
        self._page_box.border_title = content(clean_line(self._section))

    def _page_lines(self, state: StreamState | None, exchange: Exchange | None) -> list[Content]:
        if state is None or exchange is None:
            return [content(clean_line(self._nothing_words()), "$metric-label")]
        match self._section:
            case Section.REQUEST:
                return request_page(exchange, state.target, state.redactor, self._page.size.width)
            case Section.RESPONSE:
                return response_page(exchange, self._attempt)
            case Section.CONNECTION:
                return connection_page(exchange, self._attempt)
            case _:
                return attempts_page(state.attempts, self._attempt_index)

    def revealed(self) -> None:
        """To the list, for who waited here."""
        if self._notice.has_focus:
            self.set_class(False, "-blind")
            self.call_after_refresh(self.enter)

    # -- focus ------------------------------------------------------------------------------------------------------

    def enter(self, by: int = 0) -> None:
        """To the list, or the page; from behind to the payload."""
        if self.run.blind.hides:
            self._notice.focus()
        elif self._section is not Section.EVENTS:
            self._page.focus()
        else:
            (self._payload if by < 0 else self._list).focus()

    def step(self, by: int) -> bool:
        """From the list to the payload and back."""
        order = [self._list, self._payload] if self._section is Section.EVENTS else [self._page]
        at = next((index for index, widget in enumerate(order) if widget.has_focus), -1)
        if not 0 <= at + by < len(order) or at < 0:
            return False
        order[at + by].focus()
        return True

    def back(self) -> bool:
        """Show all events again."""
        is_open = self._search_bar.has_class("-open")
        is_filtered = self._shown is not None and self._shown.is_filtered
        if is_open:
            self._search_bar.close()
            self.enter()
        if is_filtered:
            self._filter(None, "")
        return is_open or is_filtered

    # -- actions ----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is about events can be had where they are; targets as far as there are some; nothing that is hidden."""
        if self.run.blind.hides:
            return False
        match action:
            case "target_number":
                return parameters[0] in range(1, len(self.run.placed) + 1)
            case "target":
                return len(self.run.placed) > 1
            case "filter" | "only_type" | "slowest" | "same_type":
                return self._section is Section.EVENTS
            case _:
                return True

    def action_section(self, by: int) -> None:
        """The section to the right or to the left."""
        sections = list(Section)
        self._open(sections[(sections.index(self._section) + by) % len(sections)])

    def on_section_strip_chosen(self, message: SectionStrip.Chosen) -> None:
        """A section was clicked."""
        self._open(message.section)

    def _open(self, section: Section) -> None:
        had_focus = self.has_focus_within
        self._section = section
        self._search_bar.close()
        self.set_class(section is not Section.EVENTS, "-page")
        if had_focus:
            self.enter()
        self._show_now()
        self.screen.refresh_bindings()

    def action_target(self, by: int) -> None:
        """The next target, or the one before."""
        self._go_to_target((self._index_of(self._target) or 0) + by)

    def action_target_number(self, number: int) -> None:
        """The target with this number."""
        self._go_to_target(number - 1)

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        """A target was clicked."""
        self._go_to_target(message.number - 1)

    def action_attempt(self) -> None:
        """The next try, round by the first."""
        tries = len(self._state.exchanges) if self._state else 0
        if tries < 2:
            say(self, "There was no other attempt.")
            return
        self._chosen_attempt = (self._attempt_index + 1) % tries
        self._show_now()

    def on_event_list_moved(self) -> None:
        """Show the payload of the event the user went to."""
        self._show_open()
        self.show_figures(self.run.clock.now_ns())

    def action_filter(self) -> None:
        """Type what events must hold."""
        self._search_bar.open()
        if self._search_bar.needle:
            self._filter(self._shown.type if self._shown else None, self._search_bar.needle)

    def on_search_bar_typed(self, message: SearchBar.Typed) -> None:
        """Filter while it is typed."""
        if self._search_bar.has_class("-open"):
            self._filter(self._shown.type if self._shown else None, message.needle)

    def on_search_bar_settled(self) -> None:
        """Back to the list."""
        self._search_bar.close()
        self.enter()

    def action_only_type(self) -> None:
        """Only this type, or all again."""
        shown = self._shown
        if shown is None or not len(shown):
            say(self, "There is no event to take the type from.")
            return
        self._filter(shown.event(self._list.current).type if shown.type is None else None, shown.needle)

    def _filter(self, type: str | None, needle: str) -> None:
        """Show only these, and stay at the current event or at the next one that is still shown."""
        shown = self._shown
        if shown is None:
            return
        number = shown.number(self._list.current) if self._list.current < len(shown) else 0
        follows_some = self._list.follow and (type is not None or bool(needle))
        shown.filter(type, needle)
        self._slowest.clear()
        self._take_events(shown)
        self._list.refresh()
        self._list.move_to(len(shown) - 1 if follows_some else shown.row_of(number))
        self._show_now()

    def action_slowest(self) -> None:
        """The longest wait, then the next longest, and round."""
        self._slowest = self._slowest or (self._shown.slowest_rows() if self._shown else [])
        if not self._slowest:
            say(self, "There are not two events yet.")
            return
        self._list.move_to(self._slowest.pop(0))

    def action_same_type(self, by: int) -> None:
        """The next of the same type, or the one before."""
        shown, row = self._shown, self._list.current
        found = shown.row_of_type(shown.event(row).type, row, by) if shown is not None and row < len(shown) else None
        if found is None:
            say(self, "There is no other event of this type that way.")
            return
        self._list.move_to(found)

    def action_copy(self) -> None:
        """The payload, whole; or the page."""
        if self._section is not Section.EVENTS:
            self._copy(self._page.text, "this page")
            return
        shown, row = self._shown, self._list.current
        data = shown.reader.payload(shown.event(row)) if shown is not None and row < len(shown) else None
        if data is None or self._state is None:
            say(self, "There is no payload to copy here.")
            return
        self._copy(self._state.redactor.known(data.decode("utf-8", "replace")), "the payload")

    def action_copy_curl(self) -> None:
        """The request as a command."""
        exchange, state = self._exchange, self._state
        if exchange is None or exchange.request is None or state is None:
            say(self, "There is no request to copy yet.")
            return
        self._copy(curl_command(exchange.request, state.target, state.redactor), "the request as curl")

    def _copy(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        say(self, f"Copied {what}: {grouped(len(text))} characters.")

    @property
    def _scrolled(self) -> EventList | TextPage:
        """What the keys for moving move."""
        if self._section is not Section.EVENTS:
            return self._page
        return self._payload if self._payload.has_focus else self._list

    def action_move(self, by: int) -> None:
        """One event, or one row."""
        moved = self._scrolled
        moved.move_by(by) if isinstance(moved, EventList) else moved.move_rows(by)

    def action_move_half(self, by: int) -> None:
        """Half a page."""
        self._scrolled.move_half_pages(by)

    def action_first(self) -> None:
        """To the beginning."""
        moved = self._scrolled
        moved.move_to(0) if isinstance(moved, EventList) else moved.move_to_top()

    def action_last(self) -> None:
        """To the end."""
        moved = self._scrolled
        moved.move_to(moved.count - 1) if isinstance(moved, EventList) else moved.move_to_end()
