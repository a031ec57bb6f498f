"""Gradients of the ops that make a whole step of an LSTM or a GRU.

TensorFlow kept the ops and the kernels of their gradients, and dropped what joins them.
"""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["gru_gradient", "lstm_gradient"]


def lstm_gradient(op: Any, *gradients: Tensor) -> list[Tensor]:
    """Gives the gradients of an `LSTMBlockCell`.

    Args:
        op: The op.
        gradients: One for each of its outputs.

    Returns:
        One for each of its inputs.
    """
    x, cs_prev, h_prev, w, wci, wcf, wco, b = op.inputs
    i, cs, f, o, ci, co, _ = op.outputs
    grads = tf.raw_ops.LSTMBlockCellGrad(
        x=x,
        cs_prev=cs_prev,
        h_prev=h_prev,
        w=w,
        wci=wci,
        wcf=wcf,
        wco=wco,
        b=b,
        i=i,
        cs=cs,
        f=f,
        o=o,
        ci=ci,
        co=co,
        cs_grad=gradients[1],
        h_grad=gradients[6],
        use_peephole=op.get_attr("use_peephole"),
    )
    gates = grads.dicfo
    from_both = tf.matmul(gates, w, transpose_b=True)
    width = tf.shape(x)[1]
    x_grad, h_grad = from_both[:, :width], from_both[:, width:]
    x_grad.set_shape(x.shape)
    h_grad.set_shape(h_prev.shape)
    w_grad = tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True)
    peepholes = [grads.wci_grad, grads.wcf_grad, grads.wco_grad]
    return [x_grad, grads.cs_prev_grad, h_grad, w_grad, *peepholes, tf.reduce_sum(gates, 0)]


def gru_gradient(op: Any, *gradients: Tensor) -> list[Tensor]:
    """Gives the gradients of a `GRUBlockCell`.

    Args:
        op: The op.
        gradients: One for each of its outputs.

    Returns:
        One for each of its inputs.
    """
    x, h_prev, w_ru, w_c, b_ru, b_c = op.inputs
    r, u, c, _ = op.outputs
    grads = tf.raw_ops.GRUBlockCellGrad(
        x=x,
        h_prev=h_prev,
        w_ru=w_ru,
        w_c=w_c,
        b_ru=b_ru,
        b_c=b_c,
        r=r,
        u=u,
        c=c,
        d_h=gradients[3],
    )
    gates, candidate = grads.d_r_bar_u_bar, grads.d_c_bar
    w_ru_grad = tf.matmul(tf.concat([x, h_prev], 1), gates, transpose_a=True)
    w_c_grad = tf.matmul(tf.concat([x, h_prev * r], 1), candidate, transpose_a=True)
    biases = [tf.reduce_sum(gates, 0), tf.reduce_sum(candidate, 0)]
    return [grads.d_x, grads.d_h_prev, w_ru_grad, w_c_grad, *biases]
