package io.tracestore.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;

/** The style, the script and the icon of the pages, and what browsers may do with a page. */
public final class Assets {
  /** The style of all pages. */
  public static final String CSS = read("page.css");

  /** The script of the server's pages, which work without it. */
  public static final String SCRIPT = read("page.js");

  /** The icon, as SVG. */
  public static final String ICON = read("icon.svg");

  /**
   * The policy of the server's pages, a {@code Content-Security-Policy}: all comes from the server
   * itself, and nothing in a page is run.
   */
  public static final String SERVED_POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  /** The policy of a file: its own style, its icon, nothing else. */
  static final String FILE_POLICY =
      "default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'"
          .formatted(Base64.getEncoder().encodeToString(sha256(CSS)));

  static final String ICON_DATA =
      "data:image/svg+xml," + URLEncoder.encode(ICON, StandardCharsets.UTF_8).replace("+", "%20");

  /** Beginning of the address of every part. */
  public static final String FOLDER = "/assets/";

  static final String CSS_PATH = FOLDER + "page.css?v=" + version(CSS);
  static final String SCRIPT_PATH = FOLDER + "page.js?v=" + version(SCRIPT);
  static final String ICON_PATH = FOLDER + "icon.svg?v=" + version(ICON);

  private Assets() {}

  private static String version(String content) {
    return HexFormat.of().formatHex(sha256(content), 0, 6);
  }

  private static byte[] sha256(String content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String read(String name) {
    try (InputStream in =
        Objects.requireNonNull(Assets.class.getResourceAsStream(name), () -> "missing: " + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
