package io.tracestore.tools.clickhouse;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named values of a statement as four C arrays; they must live as long as the call. */
final class Parameters implements AutoCloseable {
  private final List<Memory> blocks = new ArrayList<>();
  private final int count;
  private final @Nullable Memory names;
  private final @Nullable Memory nameLengths;
  private final @Nullable Memory values;
  private final @Nullable Memory valueLengths;

  Parameters(Map<String, String> parameters) {
    count = parameters.size();
    names = array();
    nameLengths = array();
    values = array();
    valueLengths = array();
    int index = 0;
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      put(names, nameLengths, index, parameter.getKey());
      put(values, valueLengths, index, parameter.getValue());
      index++;
    }
  }

  private @Nullable Memory array() {
    return count == 0 ? null : allocate((long) count * Native.POINTER_SIZE);
  }

  private void put(@Nullable Memory texts, @Nullable Memory lengths, int index, String text) {
    if (texts == null || lengths == null) {
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory copy = allocate(bytes.length + 1L);
    copy.write(0, bytes, 0, bytes.length);
    copy.setByte(bytes.length, (byte) 0);
    texts.setPointer((long) index * Native.POINTER_SIZE, copy);
    lengths.setLong((long) index * Native.POINTER_SIZE, bytes.length);
  }

  private Memory allocate(long size) {
    Memory block = new Memory(size);
    blocks.add(block);
    return block;
  }

  int count() {
    return count;
  }

  @Nullable Pointer names() {
    return names;
  }

  @Nullable Pointer nameLengths() {
    return nameLengths;
  }

  @Nullable Pointer values() {
    return values;
  }

  @Nullable Pointer valueLengths() {
    return valueLengths;
  }

  @Override
  public void close() {
    blocks.forEach(Memory::close);
  }
}
