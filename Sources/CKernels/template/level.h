// What the templates made, as the table of the level.

const ck_kernels LEVEL = {
    .lanes = LANES,
    .scan_panel = scan_panel,
    .scan_one = scan_one,
    .score = score,
    .negative_dots = negative_dots,
    .skip_gram = skip_gram,
    .assign = assign,
    .apply_panel = apply_panel,
    .add_rows = add_rows,
    .als_gramian = als_gramian,
    .als_cholesky = als_cholesky,
    .als_conjugate_gradients = als_conjugate_gradients,
    .als_blocks = als_blocks,
    .als_predictions = als_predictions,
};
