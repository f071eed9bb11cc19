/** Tests of the options that remove old traces. */
@NullMarked
package io.tracestore.compat.retention;

import org.jspecify.annotations.NullMarked;
