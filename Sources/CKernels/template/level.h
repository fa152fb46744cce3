// What the templates made, as the table of the level.

const ck_kernels LEVEL = {LANES, dot, scan_panel, scan_one, score_rows};
