"""Memory asked for before it is needed: accounts lie anywhere, and waiting for them is most of the work of a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    def prefetch(array: NDArray[Any], index: int | np.integer[Any]) -> None:
        """Tell the processor that `array[index]` of a one-dimensional array will soon be read and written."""

    def word(array: NDArray[np.uint8], index: int | np.integer[Any]) -> np.uint64:
        """The eight bytes from `array[index]` on as one number; they must lie within the array."""

else:

    @intrinsic
    def prefetch(typing_context: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            from llvmlite import ir
            from numba.core import cgutils

            items = context.make_array(signature.args[0])(context, builder, given[0])
            word, byte = ir.IntType(32), ir.IntType(8).as_pointer()
            place = builder.bitcast(builder.gep(items.data, [given[1]]), byte)
            kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
            ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            # For writing, to be kept in the nearest cache, data and no instructions.
            builder.call(ask, [place, word(1), word(3), word(1)])
            return context.get_dummy_value()

        return types.void(array, index), generate

    @intrinsic
    def word(typing_context: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            from llvmlite import ir

            items = context.make_array(signature.args[0])(context, builder, given[0])
            kind = ir.IntType(64)
            place = builder.bitcast(builder.gep(items.data, [given[1]]), kind.as_pointer())
            return builder.load(place, align=1, typ=kind)

        return types.uint64(array, index), generate
