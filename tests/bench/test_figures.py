"""The table says what was measured, and whether it holds."""

from tests.bench.figures import Figure, median, percentile_99, table


def test_a_figure_stands_beside_its_target() -> None:
    told = table(
        [
            Figure("start", 0.29, "s", target=1.5),
            Figure("latency", 3.51, "ms", target=3.0, note="of 200"),
            Figure("bytes", 74_434, "bytes"),
        ]
    )
    assert told.splitlines() == [
        "start          0.29 s  target 1.5 s: holds",
        "latency       3.51 ms  target 3 ms: MISSED  of 200",
        "bytes    74,434 bytes",
    ]


def test_what_meets_its_target_exactly_holds() -> None:
    assert table([Figure("memory", 64, "MiB", target=64)]).endswith("holds")


def test_medians_and_the_slowest_hundredth() -> None:
    values = [float(each) for each in range(1, 102)]
    assert median(values) == 51
    assert percentile_99(values) == 100


def test_what_is_asked_for_at_least_is_missed_from_below() -> None:
    told = table([Figure("fast", 60_000, "/s", least=60_000), Figure("slow", 74.9, "%", least=75)])
    assert told.splitlines() == [
        "fast  60,000 /s  at least 60,000 /s: holds",
        "slow     74.9 %  at least 75 %: MISSED",
    ]
