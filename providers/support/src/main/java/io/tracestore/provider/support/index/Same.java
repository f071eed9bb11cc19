package io.tracestore.provider.support.index;

import org.jspecify.annotations.Nullable;

/** Compares references. */
final class Same {
  private Same() {}

  /** Whether both are one object. */
  @SuppressWarnings("ReferenceEquality") // the question is which object is in the list
  static boolean objects(@Nullable Object a, @Nullable Object b) {
    return a == b;
  }
}
