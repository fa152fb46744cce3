"""Corral beside other systems: what is measured, how turns alternate, what is printed."""
