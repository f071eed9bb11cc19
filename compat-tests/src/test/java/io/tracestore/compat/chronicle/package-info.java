/** Tests that are special to the Chronicle Map provider. */
@org.jspecify.annotations.NullMarked
package io.tracestore.compat.chronicle;
