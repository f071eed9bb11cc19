/** What Zipkin's own server needs to load the storage as a module. */
@NullMarked
package io.tracestore.zipkin.server;

import org.jspecify.annotations.NullMarked;
