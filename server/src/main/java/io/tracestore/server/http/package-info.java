/** HTTP and the upgrade to WebSocket: ports, routes, access, limits. */
@NullMarked
package io.tracestore.server.http;

import org.jspecify.annotations.NullMarked;
