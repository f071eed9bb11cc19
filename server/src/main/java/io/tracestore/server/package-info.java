/** The server that takes traces over the network, for embedding. */
@NullMarked
package io.tracestore.server;

import org.jspecify.annotations.NullMarked;
