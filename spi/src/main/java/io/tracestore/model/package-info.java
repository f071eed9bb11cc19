/**
 * The values that a trace store keeps: {@link io.tracestore.model.FlowTrace} and what it is made
 * of.
 *
 * <p>Every type here is an immutable value that checks itself when it is built: a value that a
 * store could not give back exactly is refused with an {@link java.lang.IllegalArgumentException}
 * that names the field. All types are safe for use by many threads. Unless a type or parameter is
 * marked {@code Nullable}, null is refused with a {@link java.lang.NullPointerException} that names
 * the field.
 *
 * <p>The shapes are those of the Reflow actor runtime; its names in snake_case become Java's.
 */
@NullMarked
package io.tracestore.model;

import org.jspecify.annotations.NullMarked;
