/** Traces off-heap, in a Chronicle Map. */
@org.jspecify.annotations.NullMarked
package io.tracestore.provider.chronicle;
