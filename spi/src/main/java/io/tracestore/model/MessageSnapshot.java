package io.tracestore.model;

import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A message as it was when it was recorded. Immutable, and safe for use by many threads.
 *
 * @param messageType its type
 * @param sizeBytes its size in bytes, not negative; need not be that of {@code serializedData}
 * @param checksum its checksum, in the form the runtime chose; empty if none was computed
 * @param serializedData its content, or a part of it; null if the content was not recorded, which
 *     is not the same as empty
 * @param contentCodec how the content is encoded; {@link #NO_CODEC} if it is not
 * @param contentFormatVersion the version of the content's form, 0 to 4294967295
 * @param storedBytes how many bytes of the content the runtime stored, not negative, if it said so
 */
public record MessageSnapshot(
    String messageType,
    long sizeBytes,
    String checksum,
    @Nullable Bytes serializedData,
    String contentCodec,
    long contentFormatVersion,
    OptionalLong storedBytes) {
  /** The {@link #contentCodec()} of content that is not encoded. */
  public static final String NO_CODEC = "none";

  public MessageSnapshot {
    Checks.text("message.messageType", messageType);
    Checks.notNegative("message.sizeBytes", sizeBytes);
    Checks.text("message.checksum", checksum);
    Checks.text("message.contentCodec", contentCodec);
    Checks.u32("message.contentFormatVersion", contentFormatVersion);
    Objects.requireNonNull(storedBytes, "message.storedBytes");
    if (storedBytes.isPresent()) {
      Checks.notNegative("message.storedBytes", storedBytes.getAsLong());
    }
  }

  /** A message of format version 0 whose content is not encoded. */
  public MessageSnapshot(
      String messageType, long sizeBytes, String checksum, @Nullable Bytes serializedData) {
    this(messageType, sizeBytes, checksum, serializedData, NO_CODEC, 0, OptionalLong.empty());
  }

  /** A message whose size is that of its content, without a checksum. */
  public static MessageSnapshot of(String messageType, Bytes serializedData) {
    return new MessageSnapshot(messageType, serializedData.length(), "", serializedData);
  }

  /** A message of that size whose content was not recorded. */
  public static MessageSnapshot withoutContent(String messageType, long sizeBytes) {
    return new MessageSnapshot(messageType, sizeBytes, "", null);
  }

  /** How many bytes of content there are; 0 if it is absent or empty. */
  public int contentLength() {
    return serializedData == null ? 0 : serializedData.length();
  }

  /** This message with another checksum. */
  public MessageSnapshot withChecksum(String checksum) {
    return new MessageSnapshot(
        messageType,
        sizeBytes,
        checksum,
        serializedData,
        contentCodec,
        contentFormatVersion,
        storedBytes);
  }

  /** This message with how its content is encoded and stored. */
  public MessageSnapshot withEncoding(
      String contentCodec, long contentFormatVersion, OptionalLong storedBytes) {
    return new MessageSnapshot(
        messageType,
        sizeBytes,
        checksum,
        serializedData,
        contentCodec,
        contentFormatVersion,
        storedBytes);
  }
}
