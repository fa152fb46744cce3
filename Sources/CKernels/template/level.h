// What the templates made, as the table of the level.

const ck_kernels LEVEL = {
    .lanes = LANES,
    .dot = dot,
    .scan_panel = scan_panel,
    .scan_one = scan_one,
    .score = score,
    .negative_dots = negative_dots_for,
    .skip_gram = skip_gram,
    .assign = assign,
};
