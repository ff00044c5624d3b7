package interop;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.openmuc.jdlms.AuthenticationMechanism;
import org.openmuc.jdlms.SecuritySuite;
import org.openmuc.jdlms.SecuritySuite.EncryptionMechanism;
import org.openmuc.jdlms.SecuritySuite.SecurityPolicy;

/** Names and values of peer-words.ts, and the security jDLMS makes of them. */
final class Row {
  private final Map<String, String> fields = new HashMap<>();

  Row(String[] words) {
    for (String word : words) {
      int at = word.indexOf('=');
      if (at > 0) {
        fields.put(word.substring(0, at), word.substring(at + 1));
      }
    }
  }

  String text(String name) {
    return fields.get(name);
  }

  int number(String name) {
    return Integer.parseInt(fields.get(name));
  }

  byte[] octets(String name) {
    return HexFormat.of().parseHex(fields.get(name));
  }

  /** Whether the library has the row's mechanism and suite at all. */
  boolean isOffered() {
    return text("mechanism").matches("none|lls|gmac") && !text("suite").equals("1");
  }

  SecuritySuite suite() {
    SecuritySuite.SecuritySuiteBuilder builder = SecuritySuite.builder();
    switch (text("mechanism")) {
      case "none":
        builder.setAuthenticationMechanism(AuthenticationMechanism.NONE);
        break;
      case "lls":
        builder.setAuthenticationMechanism(AuthenticationMechanism.LOW);
        builder.setPassword(octets("secret"));
        break;
      case "gmac":
        builder.setAuthenticationMechanism(AuthenticationMechanism.HLS5_GMAC);
        break;
      default:
        throw new IllegalArgumentException(text("mechanism"));
    }
    boolean isPlain = text("protection").equals("plain");
    if (!isPlain || text("mechanism").equals("gmac")) {
      builder
          .setEncryptionMechanism(
              text("suite").equals("0")
                  ? EncryptionMechanism.AES_GCM_128
                  : EncryptionMechanism.AES_GCM_256)
          .setGlobalUnicastEncryptionKey(octets("unicast"))
          .setAuthenticationKey(octets("authentication"))
          .setSecurityPolicy(policy());
    }
    return builder.build();
  }

  private SecurityPolicy policy() {
    switch (text("protection")) {
      case "plain":
        return SecurityPolicy.NOTHING;
      case "authenticated":
        return SecurityPolicy.AUTHENTICATED;
      case "encrypted":
        return SecurityPolicy.ENCRYPTED;
      default:
        return SecurityPolicy.AUTHENTICATED_AND_ENCRYPTED;
    }
  }
}
