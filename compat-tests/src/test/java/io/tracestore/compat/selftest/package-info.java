/** The kit, run on stores that each break one promise: it has to notice. */
@NullMarked
package io.tracestore.compat.selftest;

import org.jspecify.annotations.NullMarked;
