package io.tracestore.bench.codec;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;

/** Takes the compression off a binary value: see docs/wire-format.md for its envelope. */
final class PlainContent {
  private static final int COMPRESSED = 0x80;

  private PlainContent() {}

  /** {@code value}, or what it would be if it had not been compressed. */
  static byte[] of(byte[] value) {
    if (value[0] != 1 || (value[1] & COMPRESSED) == 0) {
      return value;
    }
    int length = 0;
    int at = 2;
    for (int shift = 0; ; shift += 7) {
      length |= (value[at] & 0x7F) << shift;
      if (value[at++] >= 0) {
        break;
      }
    }
    return Zstd.decompress(Arrays.copyOfRange(value, at, value.length - 4), length);
  }
}
