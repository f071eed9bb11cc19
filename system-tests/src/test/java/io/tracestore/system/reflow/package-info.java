/** Files of Reflow programs on their way through every backend. */
@NullMarked
package io.tracestore.system.reflow;

import org.jspecify.annotations.NullMarked;
