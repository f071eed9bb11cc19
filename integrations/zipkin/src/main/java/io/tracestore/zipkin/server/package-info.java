/** The storage as a module of Zipkin's own server. */
@NullMarked
package io.tracestore.zipkin.server;

import org.jspecify.annotations.NullMarked;
