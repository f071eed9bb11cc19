/** What all formats of spans that are sent have in common. */
@NullMarked
package io.tracestore.server.spans;

import org.jspecify.annotations.NullMarked;
