"""The faults the demo provider can be asked for, one kind a file; `table` has them all."""
