package io.tracestore.provider.support.index;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of texts in which few are expected, many of them the same objects: comparing references in
 * a short array takes a fraction of the time of a hash set. Long ones are hashed.
 */
public final class Distinct {
  private static final int FEW = 16;

  private String[] texts = new String[4];
  private int count;
  private @Nullable Map<String, String> hashed;

  /** An empty set. */
  public Distinct() {}

  /** Adds {@code text} if it is new; whether this very object was there already. */
  public boolean add(String text) {
    if (hashed != null) {
      return Same.objects(hashed.putIfAbsent(text, text), text);
    }
    for (int i = 0; i < count; i++) {
      if (Same.objects(texts[i], text)) {
        return true;
      }
    }
    for (int i = 0; i < count; i++) {
      if (texts[i].equals(text)) {
        return false;
      }
    }
    append(text);
    return false;
  }

  private void append(String text) {
    if (count == FEW) {
      hashed = new HashMap<>();
      for (String known : texts) {
        hashed.put(known, known);
      }
      hashed.put(text, text);
      return;
    }
    if (count == texts.length) {
      texts = Arrays.copyOf(texts, 2 * count);
    }
    texts[count++] = text;
  }

  /** Gives each of them to {@code to}, in no order. */
  void forEach(Consumer<String> to) {
    for (String text : toArray()) {
      to.accept(text);
    }
  }

  /** All of them, in no order. */
  public String[] toArray() {
    return hashed == null ? Arrays.copyOf(texts, count) : hashed.keySet().toArray(String[]::new);
  }
}
