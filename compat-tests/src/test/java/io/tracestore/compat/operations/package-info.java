/** Tests of what operators do with stores. */
@NullMarked
package io.tracestore.compat.operations;

import org.jspecify.annotations.NullMarked;
