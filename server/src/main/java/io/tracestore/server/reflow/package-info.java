/** Reflow's protocol: conversations with Reflow programs, and the traces that they record. */
@NullMarked
package io.tracestore.server.reflow;

import org.jspecify.annotations.NullMarked;
