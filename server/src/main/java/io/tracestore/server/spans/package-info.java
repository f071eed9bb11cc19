/** The part that all formats of spans have in common when they are sent. */
@NullMarked
package io.tracestore.server.spans;

import org.jspecify.annotations.NullMarked;
