package io.tracestore.tools.clickhouse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;

/**
 * A user of the server.
 *
 * @param name as in requests
 * @param password empty if none is needed
 * @param settings the settings of all statements of the user, in this order
 * @param rights the rights of the user, as after {@code GRANT}; all if empty
 */
record User(String name, String password, Map<String, String> settings, List<String> rights) {
  boolean isLimited() {
    return !rights.isEmpty();
  }

  boolean needsPassword() {
    return !password.isEmpty();
  }

  boolean hasPassword(String given) {
    return MessageDigest.isEqual(
        password.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return name;
  }
}
