/** A storage component of Zipkin over any trace store. */
@NullMarked
package io.tracestore.zipkin;

import org.jspecify.annotations.NullMarked;
