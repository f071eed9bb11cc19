/** The kit, run on the backends of this project. */
@NullMarked
package io.tracestore.compat.matrix;

import org.jspecify.annotations.NullMarked;
