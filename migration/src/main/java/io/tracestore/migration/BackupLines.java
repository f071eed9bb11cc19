package io.tracestore.migration;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The first and the last line of a backup file, and its checksums: in each line, as the last
 * member, the CRC-32C of all bytes before it (the seal), so that a damaged file tells which lines
 * are sound; and in the last line the SHA-256 of all others, line ends included.
 */
final class BackupLines {
  static final String HEADER_FIELD = "tracestore_backup";
  static final String FOOTER_FIELD = "tracestore_backup_end";
  static final int VERSION = 3;

  /** Marks a line with a part of the events of a trace whose own line follows. */
  static final String PART_FIELD = "tracestore_part";

  private static final String SEAL_START = ",\"tracestore_crc\":\"";
  private static final String SEAL_END = "\"}";

  /** The length of a seal, with the brace after it. */
  static final int SEAL_LENGTH = SEAL_START.length() + 8 + SEAL_END.length();

  private static final byte[] HEADER_START = start(HEADER_FIELD);
  private static final byte[] FOOTER_START = start(FOOTER_FIELD);
  private static final byte[] PART_START = start(PART_FIELD);

  private BackupLines() {}

  /**
   * The promises of the last line.
   *
   * @param traces how many lines there are before it, without those of parts
   * @param checksum of these lines, in hexadecimal
   */
  record Footer(long traces, long events, String checksum) {}

  private static byte[] start(String field) {
    return ("{\"" + field + "\":").getBytes(StandardCharsets.UTF_8);
  }

  /** The end of a line whose bytes before have this CRC-32C; it closes the line's object. */
  static byte[] seal(long crc) {
    return (SEAL_START + HexFormat.of().toHexDigits((int) crc) + SEAL_END)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether {@code tail}, the end of a line, has the form of a seal, right or wrong. */
  static boolean isSeal(byte[] tail) {
    String text = new String(tail, StandardCharsets.ISO_8859_1);
    return tail.length == SEAL_LENGTH
        && text.startsWith(SEAL_START)
        && text.endsWith(SEAL_END)
        && text.substring(SEAL_START.length(), SEAL_START.length() + 8).matches("[0-9a-f]{8}");
  }

  /** A text that only lines with a seal contain: quotes within a JSON string are escaped. */
  static byte[] sealStart() {
    return SEAL_START.getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] headerStart() {
    return HEADER_START.clone();
  }

  static byte[] footerStart() {
    return FOOTER_START.clone();
  }

  static byte[] partStart() {
    return PART_START.clone();
  }

  static byte[] header(String source, TraceQuery filter) {
    return line(
        HEADER_FIELD,
        Map.of(
            "version", JsonNumber.of(VERSION),
            "created", JsonValue.of(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()),
            "source", JsonValue.of(source),
            "filter", ReflowJson.readValue(ReflowJson.write(filter))));
  }

  static byte[] footer(long traces, long events, MessageDigest digest) {
    return line(
        FOOTER_FIELD,
        Map.of(
            "traces", JsonNumber.of(traces),
            "events", JsonNumber.of(events),
            "sha256", JsonValue.of(HexFormat.of().formatHex(digest.digest()))));
  }

  private static byte[] line(String field, Map<String, JsonValue> members) {
    String line = ReflowJson.write(JsonValue.object(Map.of(field, members)));
    byte[] open = line.substring(0, line.length() - 1).getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(open);
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    sealed.writeBytes(open);
    sealed.writeBytes(seal(crc.getValue()));
    sealed.write('\n');
    return sealed.toByteArray();
  }

  /** The version that the first line says; empty if it is damaged. */
  static Optional<Long> version(byte[] header) {
    return members(header, HEADER_FIELD).flatMap(members -> number(members, "version"));
  }

  /** The content of the last line; empty if it is damaged. */
  static Optional<Footer> parseFooter(byte[] footer) {
    return members(footer, FOOTER_FIELD)
        .flatMap(members ->
            members.get("sha256") instanceof JsonString checksum
                ? number(members, "traces")
                    .flatMap(traces ->
                        number(members, "events")
                            .map(events -> new Footer(traces, events, checksum.value())))
                : Optional.empty());
  }

  private static Optional<Map<String, JsonValue>> members(byte[] line, String field) {
    try {
      JsonValue value = ReflowJson.readValue(new String(line, StandardCharsets.UTF_8));
      return value instanceof JsonObject object
              && object.members().get(field) instanceof JsonObject inner
          ? Optional.of(new LinkedHashMap<>(inner.members()))
          : Optional.empty();
    } catch (CorruptDataException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> number(Map<String, JsonValue> members, String name) {
    return members.get(name) instanceof JsonNumber number && number.literal().matches("\\d{1,18}")
        ? Optional.of(Long.valueOf(number.literal()))
        : Optional.empty();
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
