package io.tracestore.migration.spans;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Files of made-up spans beside these tests. */
public final class Fixtures {
  private Fixtures() {}

  public static String text(String name) throws IOException {
    try (InputStream in = Fixtures.class.getResourceAsStream("/io/tracestore/migration/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
