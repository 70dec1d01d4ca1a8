"""Where panes go, for every number of them and every size worth having."""

from itertools import combinations

import pytest

from tui.app.panes.tiling import MIN_PANE_HEIGHT, MIN_PANE_WIDTH, Tile, is_too_small, tiles

WIDTHS = (60, 67, 68, 80, 100, 101, 132, 160, 200, 239, 300)
HEIGHTS = (15, 17, 18, 23, 24, 40, 48, 60, 61, 80, 100)


def cells(tile: Tile) -> int:
    return tile.width * tile.height


def overlap(one: Tile, other: Tile) -> bool:
    apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
    apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (apart_x or apart_y)


@pytest.mark.parametrize("count", range(1, 17))
def test_tiles_cover_the_area_without_gap_or_overlap_and_none_is_too_small(count: int) -> None:
    for width in WIDTHS:
        for height in HEIGHTS:
            places = tiles(count, width, height)
            if places is None:
                continue
            assert len(places) == count
            assert sum(cells(tile) for tile in places) == width * height, (width, height)
            assert not any(overlap(one, other) for one, other in combinations(places, 2)), (width, height)
            assert all(tile.x >= 0 and tile.x + tile.width <= width for tile in places)
            assert all(tile.y >= 0 and tile.y + tile.height <= height for tile in places)
            assert min(tile.width for tile in places) >= MIN_PANE_WIDTH, (width, height)
            assert min(tile.height for tile in places) >= MIN_PANE_HEIGHT, (width, height)


@pytest.mark.parametrize("count", range(1, 17))
def test_none_means_that_no_grid_would_be_readable(count: int) -> None:
    """Tried by hand: some number of columns whose smallest pane is large enough."""
    for width in WIDTHS:
        for height in HEIGHTS:
            readable = any(
                width // columns >= MIN_PANE_WIDTH and height // -(-count // columns) >= MIN_PANE_HEIGHT
                for columns in range(1, count + 1)
            )
            assert (tiles(count, width, height) is not None) == readable, (width, height)


@pytest.mark.parametrize("count", range(1, 17))
def test_tiles_are_in_reading_order(count: int) -> None:
    places = tiles(count, 300, 100)
    assert places is not None
    assert places == sorted(places, key=lambda tile: (tile.y, tile.x))


@pytest.mark.parametrize("count", range(1, 17))
def test_panes_of_one_size_class_differ_by_a_cell_at_most(count: int) -> None:
    places = tiles(count, 299, 99)
    assert places is not None
    heights = {tile.height for tile in places}
    assert max(heights) - min(heights) <= 1
    for y in {tile.y for tile in places}:
        widths = {tile.width for tile in places if tile.y == y}
        assert max(widths) - min(widths) <= 1


@pytest.mark.parametrize(
    ("count", "size", "rows"),
    [
        (1, (80, 24), [1]),
        (2, (160, 48), [2]),  # two columns of 80x48, not two rows of 160x24
        (4, (160, 48), [2, 2]),
        (6, (200, 60), [3, 3]),
        (8, (200, 60), [4, 4]),
        (5, (132, 42), [3, 2]),
        (16, (300, 100), [4, 4, 4, 4]),
    ],
)
def test_shapes(count: int, size: tuple[int, int], rows: list[int]) -> None:
    places = tiles(count, *size)
    assert places is not None
    lines = sorted({tile.y for tile in places})
    assert [sum(tile.y == y for tile in places) for y in lines] == rows


@pytest.mark.parametrize(("count", "size"), [(6, (80, 17)), (16, (80, 24)), (2, (67, 11)), (1, (33, 40)), (1, (80, 5))])
def test_too_many_for_the_room(count: int, size: tuple[int, int]) -> None:
    assert tiles(count, *size) is None


@pytest.mark.parametrize(
    ("size", "expected"), [((60, 15), False), ((59, 15), True), ((60, 14), True), ((300, 5), True), ((1, 1), True)]
)
def test_a_screen_is_too_small_below_60_by_15(size: tuple[int, int], expected: bool) -> None:
    assert is_too_small(*size) is expected
