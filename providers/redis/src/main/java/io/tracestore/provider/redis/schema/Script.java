package io.tracestore.provider.redis.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The scripts that run inside the server, each a transaction in one hash slot. */
public enum Script {
  STORE("store.lua"),
  READ("read.lua"),
  DELETE("delete.lua"),
  UNINDEX("unindex.lua"),
  SWEEP("sweep.lua"),
  PURGE("purge.lua"),
  PURGE_EARLY("purge_early.lua"),
  LAYOUT("layout.lua");

  @SuppressWarnings("ImmutableEnumChecker") // never changed, and copying it each time costs
  private final byte[] text;

  private final String digest;

  Script(String file) {
    this.text = (read("common.lua") + read(file)).getBytes(StandardCharsets.UTF_8);
    this.digest = sha1(text);
  }

  public byte[] text() {
    return text;
  }

  /** The name by which a server knows a script that it has run before. */
  public String digest() {
    return digest;
  }

  private static String read(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("missing in the jar: " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
