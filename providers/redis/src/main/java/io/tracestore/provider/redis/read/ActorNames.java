package io.tracestore.provider.redis.read;

import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import io.tracestore.provider.redis.connect.RedisLink;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names of the actors of one partition; some may have no trace any more. */
public final class ActorNames {
  private static final int PART = 1_000;

  private final RedisLink link;
  private final byte[] key;

  ActorNames(RedisLink link, byte[] key) {
    this.link = link;
    this.key = key;
  }

  Set<String> containing(String part) {
    Set<String> names = new LinkedHashSet<>();
    ScanArgs args = ScanArgs.Builder.limit(PART);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      ValueScanCursor<byte[]> page = link.call(commands -> commands.sscan(key, from, args));
      for (byte[] name : page.getValues()) {
        String text = new String(name, StandardCharsets.UTF_8);
        if (text.contains(part)) {
          names.add(text);
        }
      }
      cursor = page;
    }
    return names;
  }
}
