/** Tests of what operators do with stores. */
@NullMarked
package io.tracestore.system.operations;

import org.jspecify.annotations.NullMarked;
