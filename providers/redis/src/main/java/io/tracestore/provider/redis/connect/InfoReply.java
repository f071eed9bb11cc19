package io.tracestore.provider.redis.connect;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The answers of one server to {@code INFO} and {@code CONFIG GET}; empty if it refuses. */
public record InfoReply(Map<String, String> values) {
  private static final String UNKNOWN = "unknown";
  private static final String NO_EVICTION = "noeviction";
  private static final String REPLICAS = "connected_slaves";
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  /** Scripts and commands of this version are used. */
  private static final int OLDEST_MAJOR = 6;

  private static final int OLDEST_MINOR = 2;

  public InfoReply {
    values = Map.copyOf(values);
  }

  static InfoReply parse(String info) {
    Map<String, String> values = new HashMap<>();
    info.lines()
        .filter(line -> line.indexOf(':') > 0)
        .forEach(line -> {
          int colon = line.indexOf(':');
          values.put(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    return new InfoReply(values);
  }

  InfoReply with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(values);
    all.putAll(settings);
    return new InfoReply(all);
  }

  boolean isKnown() {
    return values.containsKey("redis_version");
  }

  private @Nullable String get(String name) {
    return values.get(name);
  }

  long number(String name, long otherwise) {
    String value = get(name);
    return value == null || !value.matches("\\d{1,18}") ? otherwise : Long.parseLong(value);
  }

  String port() {
    return values.getOrDefault("tcp_port", "?");
  }

  boolean hasLog() {
    return "1".equals(get("aof_enabled"));
  }

  /** Each write is on the disk when it is answered, and no replica that lacks it can take over. */
  boolean syncsEachWrite() {
    return hasLog()
        && "always".equals(get("appendfsync"))
        && "no".equals(get("no-appendfsync-on-rewrite"))
        && "ok".equals(get("aof_last_write_status"))
        && "0".equals(get(REPLICAS));
  }

  boolean evicts() {
    return number("maxmemory", 0) > 0
        && !NO_EVICTION.equals(values.getOrDefault("maxmemory_policy", NO_EVICTION));
  }

  boolean isReplica() {
    return "slave".equals(get("role"));
  }

  /** The server's version if it is too old, else null. */
  @Nullable String tooOld() {
    String version = get("redis_version");
    Matcher parts = VERSION.matcher(version == null ? "" : version);
    if (version == null || !parts.matches()) {
      return null;
    }
    int major = Integer.parseInt(parts.group(1));
    int minor = Integer.parseInt(parts.group(2));
    return major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR) ? version : null;
  }

  /** Adds a line for each setting of this server that works but should be better. */
  void warnings(String at, List<String> warnings) {
    if (!isKnown()) {
      warnings.add(at + "this user may not run INFO: whether data is kept safely is not known");
      return;
    }
    String persistence = persistence();
    if (persistence != null) {
      warnings.add(at + persistence);
    }
    if (evicts()) {
      warnings.add(
          "%smaxmemory-policy %s drops data when memory is full; noeviction refuses writes instead"
              .formatted(at, get("maxmemory_policy")));
    }
    if ("err".equals(get("aof_last_write_status"))) {
      warnings.add(at + "the last write to the append-only file failed");
    }
  }

  private @Nullable String persistence() {
    if (!hasLog()) {
      return "appendonly is off: what was written since the last snapshot is lost when the server ends suddenly";
    }
    String sync = values.getOrDefault("appendfsync", UNKNOWN);
    return switch (sync) {
      case "always" ->
          "0".equals(get(REPLICAS))
              ? "yes".equals(get("no-appendfsync-on-rewrite"))
                  ? "no-appendfsync-on-rewrite is yes: a power cut during a rewrite may lose the last writes"
                  : null
              : "a replica that takes over may lack the last writes";
      case UNKNOWN -> "appendfsync is not known: this user may not run CONFIG GET";
      default ->
          "appendfsync is %s: a power cut may lose the last seconds of writes".formatted(sync);
    };
  }

  /** The name of the engine, with its version. */
  String engine() {
    String valkey = get("valkey_version");
    return valkey != null
        ? "Valkey " + valkey
        : "Redis " + values.getOrDefault("redis_version", "of unknown version");
  }
}
