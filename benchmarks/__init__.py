"""How fast corstui is and how much memory it takes, as ratios that are measured side by side in one run.

    python -m benchmarks                    everything, in some minutes
    python -m benchmarks --only first_frame one of them
    python -m benchmarks --short            fewer and smaller repetitions, for a look in passing
    python -m benchmarks --write            and the table into the README

Each benchmark is a module with ``measure(effort)``, which yields figures. What is compared runs in turn, again and
again, each in a process of its own; the table shows medians with the least and the most beside them. Nothing fails when
a goal is missed: the table says so.
"""
