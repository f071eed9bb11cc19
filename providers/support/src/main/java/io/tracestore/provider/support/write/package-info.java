/**
 * The way of a write to the engine: {@link io.tracestore.provider.support.write.GroupWriter}
 * collects the writes of many callers, and a {@link io.tracestore.provider.support.write.WriteSink}
 * writes them in one transaction. Belongs here: queueing, batching, and which caller gets which
 * outcome. Does not belong here: what a write holds and how an engine stores it.
 */
@NullMarked
package io.tracestore.provider.support.write;

import org.jspecify.annotations.NullMarked;
