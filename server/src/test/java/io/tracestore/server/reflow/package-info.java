@NullMarked
package io.tracestore.server.reflow;

import org.jspecify.annotations.NullMarked;
