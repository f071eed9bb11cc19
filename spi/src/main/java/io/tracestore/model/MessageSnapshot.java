package io.tracestore.model;

import java.util.Objects;

/**
 * A message as it was when it passed.
 *
 * @param messageType its type
 * @param sizeBytes its size in bytes, not negative; need not be that of {@code serializedData}
 * @param checksum its checksum, in the form the runtime chose; may be empty
 * @param serializedData its content, or a part of it
 */
public record MessageSnapshot(
    String messageType, long sizeBytes, String checksum, Bytes serializedData) {
  public MessageSnapshot {
    Checks.text("message.messageType", messageType);
    Checks.notNegative("message.sizeBytes", sizeBytes);
    Checks.text("message.checksum", checksum);
    Objects.requireNonNull(serializedData, "message.serializedData");
  }

  /** A message whose size is that of its content, without a checksum. */
  public static MessageSnapshot of(String messageType, Bytes serializedData) {
    return new MessageSnapshot(messageType, serializedData.length(), "", serializedData);
  }
}
