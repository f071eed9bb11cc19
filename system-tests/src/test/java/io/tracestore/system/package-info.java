/** Tests of all modules together. */
@NullMarked
package io.tracestore.system;

import org.jspecify.annotations.NullMarked;
