// Found through libtorch.pc, which Scripts/configure writes: only its flags matter, no declaration is imported.
