/** The kit, run on stores that each break one promise: it has to notice. */
@NullMarked
package io.tracestore.system.selftest;

import org.jspecify.annotations.NullMarked;
