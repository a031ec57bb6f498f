"""Records how TensorFlow 1.15.5 names what its core functions make, as names.json.

    /path/to/python3.7 tests/golden/record_names.py

Old programs look tensors up by such names (`get_tensor_by_name("Add:0")`). Each expression is
evaluated in a fresh graph that has the tensors of `given`; what is recorded is the name,
the dtype and the static shape of every tensor it returns.
"""

from __future__ import print_function

import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))

# Leaves out what is random by name, and what needs a file.
EXPRESSIONS = """
x + x | x - x | x * x | x / x | x // x | x % x | x ** x | -x | abs(x) | x @ m | x < x | x <= x
x > x | x >= x | b & b | b.__or__(b) | b ^ b | ~b | x + 1 | 1 + x | 2.0 * x | 1 / x | i / i | i // i
i % i | x[0] | x[:, 1] | x[..., tf.newaxis] | s + s | c + c | u + u | v + 1.0 | v[0]
tf.add(x, x) | tf.subtract(x, x) | tf.multiply(x, x) | tf.divide(x, x) | tf.div(x, x) | tf.mod(x, x)
tf.realdiv(x, x) | tf.truediv(x, x) | tf.floordiv(x, x) | tf.floor_div(i, i) | tf.floormod(x, x)
tf.truncatediv(i, i) | tf.truncatemod(i, i) | tf.div_no_nan(x, x) | tf.add_n([x, x]) | tf.pow(x, x)
tf.accumulate_n([x, x]) | tf.scalar_mul(2.0, x) | tf.abs(x) | tf.negative(x) | tf.sign(x)
tf.square(x) | tf.sqrt(x) | tf.rsqrt(x) | tf.exp(x) | tf.expm1(x) | tf.log(x) | tf.log1p(x)
tf.ceil(x) | tf.floor(x) | tf.round(x) | tf.rint(x) | tf.sin(x) | tf.cos(x) | tf.tan(x) | tf.asin(x)
tf.acos(x) | tf.atan(x) | tf.atan2(x, x) | tf.sinh(x) | tf.cosh(x) | tf.tanh(x) | tf.sigmoid(x)
tf.maximum(x, x) | tf.minimum(x, x) | tf.squared_difference(x, x) | tf.reciprocal(x) | tf.erf(x)
tf.lgamma(x) | tf.digamma(x) | tf.equal(x, x) | tf.not_equal(x, x) | tf.less(x, x) | tf.greater(x, x)
tf.less_equal(x, x) | tf.greater_equal(x, x) | tf.logical_and(b, b) | tf.logical_or(b, b)
tf.logical_not(b) | tf.logical_xor(b, b) | tf.is_finite(x) | tf.is_nan(x) | tf.is_inf(x)
tf.reduce_sum(x) | tf.reduce_mean(x, 1) | tf.reduce_max(x, 0) | tf.reduce_min(x) | tf.reduce_prod(x)
tf.reduce_all(b) | tf.reduce_any(b) | tf.reduce_logsumexp(x) | tf.reduce_join(s) | tf.count_nonzero(x)
tf.cumsum(x) | tf.cumprod(x) | tf.argmax(x, 1) | tf.argmin(x, 0) | tf.arg_max(x, 1) | tf.arg_min(x, 1)
tf.matmul(x, m) | tf.matmul(m, m, transpose_b=True) | tf.tensordot(x, m, 1) | tf.einsum("ij,jk->ik", x, m)
tf.trace(m) | tf.diag(i) | tf.diag_part(m) | tf.eye(3) | tf.matrix_diag(x) | tf.matrix_diag_part(m)
tf.matrix_set_diag(m, x[0]) | tf.matrix_band_part(m, 0, 1) | tf.matrix_inverse(m) | tf.matrix_solve(m, m)
tf.matrix_determinant(m) | tf.matrix_transpose(m) | tf.matrix_triangular_solve(m, m) | tf.cholesky(m)
tf.cholesky_solve(m, m) | tf.qr(m) | tf.svd(m) | tf.self_adjoint_eig(m) | tf.norm(x) | tf.cross(x, x)
tf.global_norm([x, x]) | tf.clip_by_value(x, 0.0, 1.0) | tf.clip_by_norm(x, 1.0)
tf.clip_by_average_norm(x, 1.0) | tf.clip_by_global_norm([x, x], 1.0)
tf.constant(1) | tf.zeros([2]) | tf.ones([2]) | tf.fill([2], 1.0) | tf.zeros_like(x) | tf.ones_like(x)
tf.zeros([tf.shape(x)[0]]) | tf.ones([tf.shape(x)[0]]) | tf.zeros_like(y) | tf.ones_like(y)
tf.range(3) | tf.range(0.0, 1.0, 0.1) | tf.linspace(0.0, 1.0, 3) | tf.lin_space(0.0, 1.0, 3)
tf.random_uniform([2]) | tf.random_normal([2]) | tf.truncated_normal([2]) | tf.random_shuffle(x)
tf.random_gamma([2], 1.0) | tf.random_poisson(1.0, [2]) | tf.multinomial(x, 2) | tf.random_crop(x, [1, 1])
tf.random_uniform([2], maxval=3, dtype=tf.int32) | tf.shape(x) | tf.size(x) | tf.rank(x) | tf.shape_n([x])
tf.shape(y) | tf.size(y) | tf.rank(y) | tf.reshape(x, [-1]) | tf.squeeze(x) | tf.expand_dims(x, 0)
tf.transpose(x) | tf.tile(x, [1, 2]) | tf.pad(x, [[0, 0], [1, 1]]) | tf.concat([x, x], 0)
tf.pad(x, [[0, 0], [1, 1]], "REFLECT") | tf.stack([x, x]) | tf.unstack(x) | tf.split(x, 3, 1)
tf.slice(x, [0, 0], [1, 1]) | tf.strided_slice(x, [0, 0], [1, 1]) | tf.gather(x, i) | tf.gather_nd(x, [[0, 0]])
tf.gather(v, i) | tf.batch_gather(x, [[0], [1]]) | tf.scatter_nd([[0]], [1.0], [3]) | tf.reverse(x, [0])
tf.reverse_sequence(x, i, 1) | tf.one_hot(i, 3) | tf.where(b) | tf.where(b, x, x) | tf.boolean_mask(x, [True, False])
tf.sequence_mask(i, 3) | tf.unique(i) | tf.unique_with_counts(i) | tf.setdiff1d(i, i) | tf.identity(x)
tf.invert_permutation(i) | tf.dynamic_partition(x, i, 2) | tf.dynamic_stitch([i], [x]) | tf.broadcast_to(x, [2, 2, 3])
tf.meshgrid(i, i) | tf.stop_gradient(x) | tf.space_to_depth(im, 2) | tf.depth_to_space(im4, 2)
tf.space_to_batch(im, [[0, 0], [0, 0]], 2) | tf.batch_to_space(im44, [[0, 0], [0, 0]], 2)
tf.space_to_batch_nd(im, [2, 2], [[0, 0], [0, 0]]) | tf.extract_image_patches(im, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
tf.segment_sum(x, i) | tf.segment_mean(x, i) | tf.segment_max(x, i) | tf.unsorted_segment_sum(x, i, 2)
tf.unsorted_segment_mean(x, i, 2) | tf.cast(x, tf.int32) | tf.to_float(i) | tf.to_int32(x) | tf.to_int64(x)
tf.to_double(x) | tf.saturate_cast(x, tf.uint8) | tf.bitcast(x, tf.int32) | tf.complex(x, x) | tf.real(c)
tf.imag(c) | tf.conj(c) | tf.angle(c) | tf.fft(c) | tf.ifft(c) | tf.convert_to_tensor([1.0]) | tf.guarantee_const(x)
tf.as_string(x) | tf.string_join([s, s]) | tf.string_split(s) | tf.string_to_number(s) | tf.substr(s, 0, 1)
tf.string_to_hash_bucket_fast(s, 5) | tf.string_to_hash_bucket(s, 5) | tf.string_strip(s) | tf.regex_replace(s, "a", "b")
tf.decode_base64(s) | tf.encode_base64(s) | tf.decode_raw(s, tf.uint8) | tf.decode_csv(s, [[1.0]])
tf.strings.length(s) | tf.strings.lower(s) | tf.strings.format("{}", x) | tf.serialize_tensor(x)
tf.is_variable_initialized(v) | tf.assign(v, x) | tf.assign_add(v, x) | tf.assign_sub(v, x) | v.assign(x)
v.assign_add(x) | v.read_value() | v.initialized_value() | tf.scatter_update(v, i, x) | tf.scatter_add(v, i, x)
tf.scatter_nd_update(v, [[0]], [[1.0, 1.0, 1.0]]) | tf.count_up_to(counter, 3)
tf.cond(p, lambda: x, lambda: -x) | tf.case([(p, lambda: x)], default=lambda: -x) | tf.while_loop(lambda k: k < 3, lambda k: k + 1, [i[0]])
tf.map_fn(tf.negative, x) | tf.scan(lambda a, k: a + k, x) | tf.foldl(lambda a, k: a + k, x) | tf.foldr(lambda a, k: a + k, x)
tf.group(x, x) | tf.no_op() | tf.tuple([x, x]) | tf.Print(x, [x]) | tf.Assert(p, [x]) | tf.py_func(abs, [x], tf.float32)
tf.check_numerics(x, "m") | tf.verify_tensor_all_finite(x, "m") | tf.assert_equal(x, x) | tf.assert_positive(x)
tf.assert_rank(x, 2) | tf.add_check_numerics_ops() | tf.gradients(x * x, x) | tf.gradients(tf.matmul(x, m), [x, m])
tf.hessians(tf.reduce_sum(x[0] * x[0]), x[0]) | tf.quantize_v2(x, 0.0, 1.0, tf.quint8) | tf.histogram_fixed_width(x, [0.0, 1.0])
tf.fake_quant_with_min_max_args(x) | tf.bincount(i) | tf.confusion_matrix(i, i) | tf.edit_distance(sp, sp)
tf.sparse_tensor_to_dense(sp) | tf.sparse_reduce_sum(sp) | tf.sparse_to_dense([[0]], [2], 1.0) | tf.sparse_tensor_dense_matmul(spf, x)
tf.sparse_concat(0, [sp, sp]) | tf.sparse_reorder(sp) | tf.sparse_add(spf, spf) | tf.sparse_split(sp_input=sp, num_split=2, axis=0)
tf.sparse_placeholder(tf.float32) | tf.placeholder(tf.float32) | tf.placeholder_with_default(x, [2, 3]) | tf.betainc(x, x, x)
tf.sparse_softmax(spf) | tf.sparse_retain(sp, [True, False]) | tf.sparse_slice(sp, [0, 0], [1, 1]) | tf.polygamma(x, x) | tf.zeta(x, x)
tf.nn.relu(x) | tf.nn.relu6(x) | tf.nn.elu(x) | tf.nn.selu(x) | tf.nn.crelu(x) | tf.nn.leaky_relu(x) | tf.nn.softplus(x)
tf.nn.swish(x) | tf.nn.softsign(x) | tf.nn.sigmoid(x) | tf.nn.tanh(x) | tf.nn.softmax(x) | tf.nn.log_softmax(x)
tf.nn.softmax(im) | tf.nn.log_softmax(im) | tf.nn.softmax(x, axis=0) | tf.nn.bias_add(x, [1.0, 2.0, 3.0]) | tf.nn.xw_plus_b(x, m, [1.0, 2.0, 3.0])
tf.nn.relu_layer(x, m, [1.0, 2.0, 3.0]) | tf.nn.dropout(x, 0.5) | tf.nn.dropout(x, rate=0.5) | tf.nn.dropout(x, 1.0) | tf.nn.l2_loss(x)
tf.nn.l2_normalize(x, 1) | tf.nn.moments(x, [0]) | tf.nn.weighted_moments(x, [0], x) | tf.nn.batch_normalization(x, x, x, x, x, 0.1)
tf.nn.fused_batch_norm(im, [1.0] * 3, [0.0] * 3) | tf.nn.local_response_normalization(im) | tf.nn.lrn(im) | tf.nn.sufficient_statistics(x, [0])
tf.nn.conv2d(im, k, [1, 1, 1, 1], "SAME") | tf.nn.conv2d(im, k, 2, "VALID") | tf.nn.depthwise_conv2d(im, k, [1, 1, 1, 1], "SAME")
tf.nn.separable_conv2d(im, k, k1, [1, 1, 1, 1], "SAME") | tf.nn.atrous_conv2d(im, k, 2, "SAME") | tf.nn.convolution(im, k, "SAME")
tf.nn.conv2d_transpose(im2, k, [1, 8, 8, 3], [1, 2, 2, 1]) | tf.nn.conv1d(seq, k3, 1, "SAME") | tf.nn.conv3d(vol, k5, [1] * 5, "SAME")
tf.nn.conv2d(im, k, [1, 1, 1, 1], "SAME", dilations=[1, 2, 2, 1]) | tf.nn.convolution(im, k, "SAME", dilation_rate=[2, 2])
tf.nn.max_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], "SAME") | tf.nn.avg_pool(im, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
tf.nn.max_pool_with_argmax(im, [1, 2, 2, 1], [1, 2, 2, 1], "SAME") | tf.nn.pool(im, [2, 2], "MAX", "SAME") | tf.nn.max_pool3d(vol, [1] * 5, [1] * 5, "SAME")
tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x) | tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=x)
tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=x) | tf.nn.sparse_softmax_cross_entropy_with_logits(labels=i, logits=x)
tf.nn.weighted_cross_entropy_with_logits(x, x, 2.0) | tf.nn.embedding_lookup(v, i) | tf.nn.embedding_lookup([v, v], i) | tf.nn.embedding_lookup_sparse(v, sp64, None, combiner="mean")
tf.nn.top_k(x, 1) | tf.nn.in_top_k(x, i, 1) | tf.nn.nce_loss(m, [0.0] * 3, i64, x, 1, 3) | tf.nn.sampled_softmax_loss(m, [0.0] * 3, i64, x, 1, 3)
tf.nn.ctc_loss(sp, seq, [1]) | tf.nn.ctc_greedy_decoder(seq, [1]) | tf.nn.ctc_beam_search_decoder(seq, [1]) | tf.nn.log_poisson_loss(x, x) | tf.nn.zero_fraction(x)
tf.nn.dilation2d(im, im[0], [1] * 4, [1] * 4, "SAME")
tf.losses.mean_squared_error(x, x) | tf.losses.absolute_difference(x, x) | tf.losses.log_loss(x, x) | tf.losses.hinge_loss(x, x) | tf.losses.huber_loss(x, x)
tf.losses.cosine_distance(x, x, axis=1) | tf.losses.sigmoid_cross_entropy(x, x) | tf.losses.softmax_cross_entropy(x, x) | tf.losses.sparse_softmax_cross_entropy(i, x)
tf.losses.mean_pairwise_squared_error(x, x) | (tf.losses.log_loss(x, x), tf.losses.get_total_loss())[1] | tf.losses.compute_weighted_loss(x)
tf.metrics.accuracy(i, i) | tf.metrics.mean(x) | tf.metrics.auc(x, x) | tf.metrics.precision(b, b) | tf.metrics.recall(b, b) | tf.metrics.mean_squared_error(x, x) | tf.metrics.mean_iou(i, i, 2)
tf.image.resize_images(im, [2, 2]) | tf.image.resize_bilinear(im, [2, 2]) | tf.image.resize_nearest_neighbor(im, [2, 2]) | tf.image.resize_image_with_crop_or_pad(im, 2, 2)
tf.image.resize_images(im[0], [2, 2]) | tf.image.flip_left_right(im) | tf.image.random_flip_left_right(im[0]) | tf.image.rgb_to_grayscale(im) | tf.image.adjust_brightness(im, 0.1) | tf.image.adjust_contrast(im, 0.1)
tf.image.central_crop(im[0], 0.5) | tf.image.crop_to_bounding_box(im, 0, 0, 2, 2) | tf.image.pad_to_bounding_box(im, 0, 0, 8, 8) | tf.image.per_image_standardization(im[0]) | tf.image.rot90(im[0]) | tf.image.transpose_image(im[0])
tf.image.adjust_hue(im, 0.1) | tf.image.adjust_saturation(im, 0.1) | tf.image.adjust_gamma(im) | tf.image.rgb_to_hsv(im) | tf.image.convert_image_dtype(im, tf.uint8) | tf.image.total_variation(im) | tf.image.psnr(im, im, 1.0)
tf.image.non_max_suppression([[0.0] * 4], [1.0], 1) | tf.image.crop_and_resize(im, [[0.0] * 4], [0], [2, 2]) | tf.image.sample_distorted_bounding_box([4, 4, 3], [[[0.0, 0.0, 1.0, 1.0]]])
tf.image.decode_jpeg(s0) | tf.image.decode_png(s0) | tf.image.decode_image(s0) | tf.image.encode_jpeg(pixels) | tf.image.encode_png(pixels) | tf.read_file(s0) | tf.matching_files(s0) | tf.image.draw_bounding_boxes(im, [[[0.0] * 4]])
tf.parse_example(s, {"a": tf.FixedLenFeature([], tf.float32)}) | tf.parse_single_example(s0, {"a": tf.FixedLenFeature([], tf.float32)}) | tf.io.decode_raw(s, tf.int32)
tf.summary.scalar("a", 1.0) | tf.summary.histogram("a", x) | tf.summary.image("a", im) | tf.summary.text("a", s) | (tf.summary.scalar("a", 1.0), tf.summary.merge_all())[1]
tf.train.exponential_decay(0.1, counter, 10, 0.9) | tf.train.polynomial_decay(0.1, counter, 10) | tf.train.piecewise_constant(counter, [3], [0.1, 0.2]) | tf.train.cosine_decay(0.1, counter, 10) | tf.train.inverse_time_decay(0.1, counter, 10, 0.9) | tf.train.natural_exp_decay(0.1, counter, 10, 0.9)
tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(v)) | tf.train.AdamOptimizer().minimize(tf.reduce_sum(v)) | tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(v), counter)
tf.train.RMSPropOptimizer(0.1).minimize(tf.nn.l2_loss(tf.gather(v, i))) | tf.train.AdagradOptimizer(0.1).minimize(tf.reduce_sum(v)) | tf.train.FtrlOptimizer(0.1).minimize(tf.reduce_sum(v)) | tf.train.AdadeltaOptimizer().minimize(tf.reduce_sum(v))
tf.train.ExponentialMovingAverage(0.9).apply([v]) | tf.layers.dense(x, 2) | tf.layers.conv2d(im, 2, 3, activation=tf.nn.relu) | tf.layers.flatten(im) | tf.layers.dropout(x, training=True) | tf.layers.batch_normalization(x) | tf.layers.max_pooling2d(im, 2, 2)
tf.layers.dropout(x) | tf.layers.dense(seq, 2) | tf.layers.conv1d(seq, 2, 3) | tf.layers.conv2d_transpose(im, 2, 3) | tf.layers.batch_normalization(im, training=True) | tf.layers.average_pooling1d(seq, 1, 1) | tf.layers.separable_conv2d(im, 2, 3)
tf.nn.dynamic_rnn(tf.nn.rnn_cell.BasicLSTMCell(2), seq, dtype=tf.float32) | tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(2), [x, x], dtype=tf.float32) | tf.global_variables_initializer() | tf.local_variables_initializer() | tf.tables_initializer() | tf.report_uninitialized_variables()
tf.get_variable("w", [2]) | tf.Variable(1.0) | tf.Variable(tf.zeros([2]), name="q") | tf.get_variable("w", [2], initializer=tf.truncated_normal_initializer(stddev=0.1)).initializer | tf.Variable(tf.random_normal([2])).initial_value
tf.FIFOQueue(3, tf.float32).dequeue() | tf.RandomShuffleQueue(3, 1, tf.float32).dequeue_many(2) | tf.data.Dataset.range(3).make_one_shot_iterator().get_next() | tf.data.Dataset.range(3).batch(2).make_initializable_iterator().initializer
tf.contrib.layers.fully_connected(x, 2) | tf.contrib.layers.conv2d(im, 2, 3) | tf.contrib.layers.flatten(im) | tf.contrib.layers.batch_norm(x) | tf.contrib.layers.dropout(x) | tf.contrib.layers.l2_regularizer(0.1)(x) | tf.contrib.layers.max_pool2d(im, 2)
"""  # noqa: E501


def given(tf):
    """What the expressions may name."""
    ones = tf.placeholder(tf.float32, [2, 3], "ones")
    indices = tf.constant([[0, 0], [1, 1]], tf.int64, name="sparse_indices")
    with tf.variable_scope("given", use_resource=False):
        variable = tf.get_variable("v", [2, 3])
        counter = tf.get_variable("n", [], tf.int32, tf.zeros_initializer(), trainable=False)

    def image(name, *shape):
        return tf.placeholder(tf.float32, shape, name)

    def sparse(dtype):
        return tf.SparseTensor(indices, tf.constant([0, 1], dtype, name="sparse_values"), [2, 2])

    return {
        "tf": tf,
        "x": ones,
        "y": tf.placeholder(tf.float32, name="unknown"),
        "m": tf.placeholder(tf.float32, [3, 3], "square"),
        "i": tf.placeholder(tf.int32, [2], "ids"),
        "i64": tf.placeholder(tf.int64, [2, 1], "labels"),
        "u": tf.placeholder(tf.uint8, [2], "bytes"),
        "b": tf.placeholder(tf.bool, [2, 3], "bools"),
        "p": tf.placeholder(tf.bool, [], "bool"),
        "s": tf.placeholder(tf.string, [2], "texts"),
        "s0": tf.placeholder(tf.string, [], "text"),
        "c": tf.placeholder(tf.complex64, [2, 3], "complex"),
        "v": variable,
        "counter": counter,
        "sp": sparse(tf.int32),
        "sp64": sparse(tf.int64),
        "spf": sparse(tf.float32),
        "pixels": tf.placeholder(tf.uint8, [4, 4, 3], "pixels"),
        "im": image("image", 1, 4, 4, 3),
        "im2": image("wide_image", 1, 4, 4, 2),
        "im4": image("deep_image", 1, 4, 4, 4),
        "im44": image("images", 4, 4, 4, 3),
        "k": image("kernel", 3, 3, 3, 2),
        "k1": image("point", 1, 1, 6, 2),
        "k3": image("kernel1", 3, 3, 2),
        "k5": image("kernel3", 1, 1, 1, 3, 2),
        "seq": image("sequence", 1, 4, 3),
        "vol": image("volume", 1, 2, 2, 2, 3),
    }


def expressions():
    """The expressions one by one."""
    return [part.strip() for part in EXPRESSIONS.replace("\n", " | ").split(" | ") if part.strip()]


def parts(result):
    """The tensors and ops of a result, whatever it is made of."""
    if isinstance(result, dict):
        result = [result[key] for key in sorted(result)]
    if isinstance(result, (list, tuple)) and not hasattr(result, "dense_shape"):
        return [part for each in result for part in parts(each)]
    return [] if result is None else [result]


def described(tf, part):
    """One tensor or op: its name, dtype and static shape."""
    if isinstance(part, tf.Operation):
        return part.name
    if hasattr(part, "dense_shape"):
        part = part.values
    shape = part.get_shape()
    sizes = "?" if shape.ndims is None else shape.as_list()
    return "%s %s %s" % (part.name, part.dtype.name, sizes)


def build(tf, expression):
    """What an expression makes in the current graph: a list of tensors and ops."""
    return parts(eval(expression, given(tf)))


def describe(tf, expression):
    """What an expression makes, or the name of the error it raises."""
    with tf.Graph().as_default():
        try:
            return [described(tf, part) for part in build(tf, expression)]
        except Exception as error:
            return [type(error).__name__]


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    with open(os.path.join(HERE, "names.json"), "w") as out:
        found = {text: describe(tf, text) for text in expressions()}
        json.dump(found, out, indent=0, sort_keys=True)
        out.write("\n")
    print(len(found))


if __name__ == "__main__":
    main()
