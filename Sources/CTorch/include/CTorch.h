// The part of libtorch that Corral uses, as a C interface.
//
// Rules of this file:
// - A function that can fail returns whether it succeeded; what went wrong is then in ct_last_error(), per thread.
// - A result comes back through the last parameter; a tensor that comes back is the caller's, to give to ct_release().
// - Shapes and lists of dimensions are a pointer and a count; negative dimensions count from the end.
// - Nothing throws, whatever happens inside.
#ifndef CORRAL_CTORCH_H
#define CORRAL_CTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A whole number as Swift's Int holds it.
typedef intptr_t ct_int;
/// A tensor: a counted reference to storage, a shape, and a place in the gradient's graph.
typedef struct ct_tensor ct_tensor;
/// The place where a call puts its result.
typedef ct_tensor *_Nullable *_Nonnull ct_out;

/// The type of the elements.
typedef enum __attribute__((enum_extensibility(closed))) ct_dtype : int32_t {
  ct_dtype_float32,
  ct_dtype_float64,
  ct_dtype_int32,
  ct_dtype_int64,
  ct_dtype_bool
} ct_dtype;

/// The kind of device that holds the elements.
typedef enum __attribute__((enum_extensibility(closed))) ct_device_kind : int32_t { ct_device_kind_cpu, ct_device_kind_cuda } ct_device_kind;

/// A device: its kind, and which one of that kind.
typedef struct ct_device {
  ct_device_kind kind;
  int32_t index;
} ct_device;

// --- The library ---------------------------------------------------------------------------------------------------

/// What went wrong in the last call of this thread that returned false.
const char *ct_last_error(void);
/// Whether that was a lack of memory.
bool ct_ran_out_of_memory(void);
/// libtorch's version, such as "2.13.0".
const char *ct_version(void);
/// The number of CUDA devices that this libtorch can use.
ct_int ct_cuda_devices(void);
/// Whether this libtorch was built with CUDA at all.
bool ct_has_cuda(void);
/// The number of threads inside one operation.
ct_int ct_threads(void);
bool ct_set_threads(ct_int count);
/// Keeps freed memory in the process instead of returning it to the system, and that of large tensors by itself.
void ct_keep_memory(void);
/// The bytes for large tensors: those in use now, and all that were asked of the system.
void ct_kept_memory(ct_int *used, ct_int *mapped);
/// Whether operations of this thread record what gradients need.
bool ct_records_gradients(void);
void ct_set_records_gradients(bool records);

// --- Tensors and their elements ------------------------------------------------------------------------------------

void ct_release(ct_tensor *x);
ct_int ct_rank(const ct_tensor *x);
ct_int ct_count(const ct_tensor *x);
bool ct_size(const ct_tensor *x, ct_int dimension, ct_int *out);
void ct_shape(const ct_tensor *x, ct_int *out);
ct_dtype ct_type(const ct_tensor *x);
ct_device ct_where_is(const ct_tensor *x);

/// A tensor with a copy of the elements at `data`.
bool ct_from_data(const void *_Nullable data, ct_dtype type, const ct_int *_Nullable shape, ct_int rank,
                  ct_device device, ct_out out);
/// Copies the elements, row after row and converted to `type`, to `data`, which has room for ct_count() of them.
bool ct_read(const ct_tensor *x, ct_dtype type, void *_Nullable data);
/// Overwrites the elements, and nothing else, with those at `data`.
bool ct_write(ct_tensor *x, ct_dtype type, const void *_Nullable data);
bool ct_item(const ct_tensor *x, double *out);
bool ct_item_integer(const ct_tensor *x, int64_t *out);
bool ct_full(const ct_int *_Nullable shape, ct_int rank, double value, ct_dtype type, ct_device device, ct_out out);
bool ct_arange(ct_int start, ct_int end, ct_device device, ct_out out);
/// Numbers drawn from a generator of their own, so that nothing else moves: normal, or uniform over low..<high.
bool ct_random_normal(const ct_int *_Nullable shape, ct_int rank, double mean, double deviation, uint64_t seed,
                      ct_out out);
bool ct_random_uniform(const ct_int *_Nullable shape, ct_int rank, double low, double high, uint64_t seed, ct_out out);
bool ct_to_device(const ct_tensor *x, ct_device device, ct_out out);
bool ct_to_type(const ct_tensor *x, ct_dtype type, ct_out out);
bool ct_clone(const ct_tensor *x, ct_out out);
bool ct_all_finite(const ct_tensor *x, bool *out);
/// Makes the first dimension longer, in place and for every holder of this tensor: rows that are there keep their bits,
/// new ones are those at `values`, or zeros. The tensor is contiguous 32-bit floats, the result of no operation, and has
/// no gradient.
///
/// Room that runs out doubles, so that rows cost amortised constant time. What is spare is no part of the tensor. Views
/// that were made before keep the old rows, and no longer see what is written to the tensor.
bool ct_grow(ct_tensor *x, ct_int rows, const float *_Nullable values);
/// Where the elements lie.
const void *_Nullable ct_address(const ct_tensor *x);

// --- Arithmetic, element by element --------------------------------------------------------------------------------

bool ct_add(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_subtract(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_multiply(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_divide(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_maximum(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_minimum(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_add_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_subtract_from_scalar(double x, const ct_tensor *y, ct_out out);
bool ct_multiply_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_divide_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_divide_from_scalar(double x, const ct_tensor *y, ct_out out);
bool ct_power_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_clamp(const ct_tensor *x, double low, double high, ct_out out);
bool ct_negate(const ct_tensor *x, ct_out out);
bool ct_absolute(const ct_tensor *x, ct_out out);
bool ct_exp(const ct_tensor *x, ct_out out);
bool ct_log(const ct_tensor *x, ct_out out);
bool ct_log1p(const ct_tensor *x, ct_out out);
bool ct_sqrt(const ct_tensor *x, ct_out out);
bool ct_rsqrt(const ct_tensor *x, ct_out out);
bool ct_sin(const ct_tensor *x, ct_out out);
bool ct_cos(const ct_tensor *x, ct_out out);

bool ct_relu(const ct_tensor *x, ct_out out);
bool ct_gelu(const ct_tensor *x, ct_out out);
bool ct_silu(const ct_tensor *x, ct_out out);
bool ct_tanh(const ct_tensor *x, ct_out out);
bool ct_sigmoid(const ct_tensor *x, ct_out out);
bool ct_softplus(const ct_tensor *x, ct_out out);
bool ct_log_sigmoid(const ct_tensor *x, ct_out out);
/// x where it is positive, slope * x elsewhere.
bool ct_leaky_relu(const ct_tensor *x, double slope, ct_out out);
/// p * x + (1 - p) * alpha * x, p the sigmoid of x standardised over all but the last dimension.
///
/// With `updating`, mean and variance are those of x, and the given ones, [last dimension], move towards them by
/// `momentum`, in place and outside the gradient's graph. Without it, the given ones are used.
bool ct_dice(const ct_tensor *x, const ct_tensor *alpha, ct_tensor *mean, ct_tensor *variance, bool updating,
             double momentum, double epsilon, ct_out out);

bool ct_equal(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_not_equal(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_less(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_less_or_equal(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_equal_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_less_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_greater_scalar(const ct_tensor *x, double y, ct_out out);
bool ct_logical_not(const ct_tensor *x, ct_out out);
bool ct_logical_and(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_logical_or(const ct_tensor *x, const ct_tensor *y, ct_out out);

// --- Reductions ----------------------------------------------------------------------------------------------------

/// Over the listed dimensions; over all of them when the list is empty.
bool ct_sum(const ct_tensor *x, const ct_int *_Nullable dims, ct_int count, bool keep, ct_out out);
bool ct_mean(const ct_tensor *x, const ct_int *_Nullable dims, ct_int count, bool keep, ct_out out);
bool ct_norm(const ct_tensor *x, const ct_int *_Nullable dims, ct_int count, bool keep, ct_out out);
bool ct_log_sum_exp(const ct_tensor *x, ct_int dim, bool keep, ct_out out);
bool ct_softmax(const ct_tensor *x, ct_int dim, ct_out out);
bool ct_log_softmax(const ct_tensor *x, ct_int dim, ct_out out);
bool ct_cumulative_sum(const ct_tensor *x, ct_int dim, ct_out out);
bool ct_max(const ct_tensor *x, ct_int dim, bool keep, ct_out values, ct_out indices);
bool ct_min(const ct_tensor *x, ct_int dim, bool keep, ct_out values, ct_out indices);
bool ct_top_k(const ct_tensor *x, ct_int k, ct_int dim, bool largest, ct_out values, ct_out indices);
bool ct_sort(const ct_tensor *x, ct_int dim, bool descending, ct_out values, ct_out indices);
bool ct_any(const ct_tensor *x, ct_int dim, bool keep, ct_out out);
bool ct_all(const ct_tensor *x, ct_int dim, bool keep, ct_out out);

// --- Shapes --------------------------------------------------------------------------------------------------------

bool ct_reshape(const ct_tensor *x, const ct_int *_Nullable shape, ct_int rank, ct_out out);
bool ct_expand(const ct_tensor *x, const ct_int *_Nullable shape, ct_int rank, ct_out out);
bool ct_permute(const ct_tensor *x, const ct_int *_Nullable dims, ct_int count, ct_out out);
bool ct_transpose(const ct_tensor *x, ct_int first, ct_int second, ct_out out);
bool ct_squeeze(const ct_tensor *x, ct_int dim, ct_out out);
bool ct_unsqueeze(const ct_tensor *x, ct_int dim, ct_out out);
bool ct_narrow(const ct_tensor *x, ct_int dim, ct_int start, ct_int length, ct_out out);
bool ct_select(const ct_tensor *x, ct_int dim, ct_int index, ct_out out);
bool ct_diagonal(const ct_tensor *x, ct_out out);
bool ct_contiguous(const ct_tensor *x, ct_out out);
bool ct_cat(const ct_tensor *const _Nonnull *_Nullable tensors, ct_int count, ct_int dim, ct_out out);
bool ct_stack(const ct_tensor *const _Nonnull *_Nullable tensors, ct_int count, ct_int dim, ct_out out);
/// Views of ranges of rows, one after the other: as many as there are lengths, which add up to the rows.
bool ct_split(const ct_tensor *x, const ct_int *lengths, ct_int count, ct_out parts);

// --- Choosing elements ---------------------------------------------------------------------------------------------

bool ct_gather(const ct_tensor *x, ct_int dim, const ct_tensor *indices, ct_out out);
bool ct_index_select(const ct_tensor *x, ct_int dim, const ct_tensor *indices, ct_out out);
bool ct_index_add(const ct_tensor *x, ct_int dim, const ct_tensor *indices, const ct_tensor *y, ct_out out);
bool ct_scatter(const ct_tensor *x, ct_int dim, const ct_tensor *indices, double value, ct_out out);
bool ct_masked_fill(const ct_tensor *x, const ct_tensor *mask, double value, ct_out out);
bool ct_where(const ct_tensor *condition, const ct_tensor *x, const ct_tensor *y, ct_out out);
/// The lower triangle of a square of ones, as booleans: what a causal mask lets through.
bool ct_causal_mask(ct_int size, ct_device device, ct_out out);

// --- Products and layers -------------------------------------------------------------------------------------------

bool ct_matmul(const ct_tensor *x, const ct_tensor *y, ct_out out);
/// x times the transpose of y's last two dimensions.
bool ct_matmul_transposed(const ct_tensor *x, const ct_tensor *y, ct_out out);
bool ct_linear(const ct_tensor *x, const ct_tensor *weight, const ct_tensor *_Nullable bias, ct_out out);
/// Rows of `weight`; with `sparse`, its gradient names just those rows.
bool ct_embedding(const ct_tensor *weight, const ct_tensor *indices, bool sparse, ct_out out);
/// Sums (or means) of rows of `weight`: bag i adds indices[offsets[i]..<offsets[i + 1]], each times its own weight.
bool ct_embedding_bag(const ct_tensor *weight, const ct_tensor *indices, const ct_tensor *offsets,
                      const ct_tensor *_Nullable weights, bool mean, bool sparse, ct_out out);
bool ct_layer_norm(const ct_tensor *x, const ct_tensor *_Nullable weight, const ct_tensor *_Nullable bias,
                   double epsilon, ct_out out);
/// x with elements zeroed at random and the others divided by 1 - share; the seed and the places of the elements alone
/// decide which, so every device gives the same.
bool ct_dropout(const ct_tensor *x, double share, uint64_t seed, ct_out out);
bool ct_l2_normalized(const ct_tensor *x, ct_int dim, double epsilon, ct_out out);
bool ct_attention(const ct_tensor *query, const ct_tensor *key, const ct_tensor *value,
                  const ct_tensor *_Nullable mask, bool causal, double dropout, ct_out out);

// --- Sequences of different lengths, one after the other: sequence i holds the positions offsets[i]..<offsets[i + 1]

/// Attention of every position to those of its own sequence: `joined` holds queries, keys and values, [positions, 3 d],
/// and the result is [positions, d]. With `portable` sequences are padded to one length, as other devices need: the
/// twin of the loop over sequences that a CPU gets.
bool ct_ragged_attention(const ct_tensor *joined, const ct_int *offsets, ct_int sequences, ct_int heads, bool causal,
                         bool portable, ct_out out);
/// The states of the last of `layers` gated recurrent layers after each position, [positions, hidden]; `weights` holds
/// W_ih, W_hh, b_ih and b_hh of each layer.
bool ct_ragged_gru(const ct_tensor *x, const ct_int *offsets, ct_int sequences,
                   const ct_tensor *const _Nonnull *_Nonnull weights, ct_int layers, ct_out out);

/// x_ijl = W (candidates_ij * history_il) + of_history_il + of_candidates_ij, then for each further layer
/// W sigmoid(x) + b, [queries, candidates, length, width of the last]. `weights` holds the first W, then W and b of each
/// further layer; `count` is how many those are. `part` queries exist at a time, in the gradient too.
bool ct_pair_layers(const ct_tensor *history, const ct_tensor *candidates, const ct_tensor *of_history,
                    const ct_tensor *of_candidates, const ct_tensor *const _Nonnull *_Nonnull weights, ct_int count,
                    ct_int part, ct_out out);

// --- Losses --------------------------------------------------------------------------------------------------------

/// out[i, j] = rows[i] . table[columns[i, j]]: [rows, d], [columns, d] and whole numbers [rows, n] give [rows, n].
bool ct_products_at(const ct_tensor *rows, const ct_tensor *table, const ct_tensor *columns, ct_out out);
/// A loss of the score p of a positive and the scores n of its negatives.
typedef enum __attribute__((enum_extensibility(closed))) ct_pairwise : int32_t {
  ct_pairwise_ranking,  // mean softplus(n - p)
  ct_pairwise_binary    // softplus(-p) + mean softplus(n)
} ct_pairwise;
/// sum_i weights[i] losses[i] of the products of ct_products_at, in which targets[i] says which of row i's columns is its
/// positive and the others that are not masked are its negatives. Gradients, for rows and table, are computed at once.
bool ct_pairwise_loss(ct_pairwise form, const ct_tensor *rows, const ct_tensor *table, const ct_tensor *columns,
                      const ct_tensor *targets, const ct_tensor *_Nullable masked, const ct_tensor *weights, ct_out out);
/// total = sum_i weights[i] losses[i] with losses[i] = -log softmax(l_i)[targets[i]] over the logits
/// l_ij = queries[i] . items[j] + column_shifts[j], for the target's own l_i = queries[i] . items[target] + row_shifts[i].
///
/// A column whose shift is below -5e8 is nobody's negative. Gradients flow from `total` to queries and items; they are
/// computed at once, `part` rows at a time, so that no more than [part, columns] logits exist at any moment.
bool ct_softmax_loss(const ct_tensor *queries, const ct_tensor *items, const ct_tensor *targets,
                     const ct_tensor *_Nullable column_shifts, const ct_tensor *_Nullable row_shifts,
                     const ct_tensor *weights, ct_int part, ct_out total, ct_out losses);
/// -log softmax(x)[target], row by row; the mean of the rows with `mean`.
bool ct_cross_entropy(const ct_tensor *x, const ct_tensor *targets, bool mean, ct_out out);
/// Binary cross entropy of logits, element by element; the mean with `mean`.
bool ct_binary_cross_entropy(const ct_tensor *x, const ct_tensor *targets, bool mean, ct_out out);

// --- Gradients -----------------------------------------------------------------------------------------------------

bool ct_requires_gradient(const ct_tensor *x);
bool ct_set_requires_gradient(ct_tensor *x, bool requires_gradient);
bool ct_detach(const ct_tensor *x, ct_out out);
/// From a scalar, or from any tensor along `seed`.
bool ct_backward(const ct_tensor *x, const ct_tensor *_Nullable seed);
/// The gradient; null if there is none yet.
bool ct_gradient(const ct_tensor *x, ct_out out);
bool ct_clear_gradient(ct_tensor *x);
bool ct_is_sparse(const ct_tensor *x);
/// The distinct rows of a row-sparse gradient, rising, and their sums.
bool ct_sparse_rows(const ct_tensor *x, ct_out indices, ct_out values);
bool ct_to_dense(const ct_tensor *x, ct_out out);

// --- Optimisers ----------------------------------------------------------------------------------------------------

/// How a gradient becomes an update.
typedef enum __attribute__((enum_extensibility(closed))) ct_rule : int32_t {
  /// w -= rate * g
  ct_rule_sgd,
  /// s += g^2;  w -= rate * g / (sqrt(s) + epsilon); a table keeps one s, of the row's mean g^2, per row
  ct_rule_adagrad,
  /// m, v: decaying means of g and g^2;  w -= rate * m^ / (sqrt(v^) + epsilon)
  ct_rule_adam,
  /// v: decaying mean of g^2;  w -= rate * g / (sqrt(v^) + epsilon); a table's row decays by the steps that it missed
  ct_rule_rmsprop
} ct_rule;

/// The numbers of one step, the same for every parameter.
typedef struct ct_step {
  ct_rule rule;
  double rate;
  double beta1;
  double beta2;
  double epsilon;
  /// w -= rate * decay * w before the update (AdamW's decoupled decay).
  double decay;
  /// Gradients are scaled so that their common norm is at most this; infinity leaves them.
  double largest_norm;
  /// How many steps, this one included.
  int64_t count;
  /// Tensor operations throughout, as other devices need: the twin of the loops that a CPU gets.
  bool portable;
} ct_step;

/// One parameter, and the state that its rule keeps.
typedef struct ct_slot {
  ct_tensor *parameter;
  /// SGD: null. Adagrad: like the parameter, or [rows]. Adam: [2, ...] (m, v), or [rows, 2, ...] for a table.
  /// RMSProp: like the parameter, or [rows, 1 + columns] for a table: the step that last named the row, and v.
  ct_tensor *_Nullable state;
  /// Whether the parameter is a table, whose rows are updated when a gradient names them.
  bool by_rows;
  /// A factor for the step's rate.
  double share;
} ct_slot;

/// Updates every parameter that has a gradient, and clears the gradient.
///
/// `norm` is the gradients' common norm before scaling; it is computed only where `largest_norm` is finite, else 0.
bool ct_optimize(const ct_step *step, const ct_slot *_Nullable slots, ct_int count, double *norm);

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
