/** The pages on which people look at traces. */
@NullMarked
package io.tracestore.server.page;

import org.jspecify.annotations.NullMarked;
