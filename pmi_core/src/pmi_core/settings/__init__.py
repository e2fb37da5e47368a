"""One TOML file, the environment above it, explicit arguments above both.

Every value knows where it came from; no message ever shows a secret.
"""

from __future__ import annotations

from pmi_core.settings.config import (
    Config,
    PluginSettings,
    VenueConfig,
    load_config,
    read_section,
    read_settings,
)
from pmi_core.settings.environment import prefix_of
from pmi_core.settings.file import config_path, data_dir
from pmi_core.settings.model import ProviderSettings, SettingsModel
from pmi_core.settings.origin import Origin, OriginKind, Setting
from pmi_core.settings.policy import ApprovalChannel, ApproveWith, Mode, PolicySettings
from pmi_core.settings.reading import nearest
from pmi_core.settings.secrecy import SecretPath, UserPath, private_folder

__all__ = [
    "ApprovalChannel",
    "ApproveWith",
    "Config",
    "Mode",
    "Origin",
    "OriginKind",
    "PluginSettings",
    "PolicySettings",
    "ProviderSettings",
    "SecretPath",
    "Setting",
    "SettingsModel",
    "UserPath",
    "VenueConfig",
    "config_path",
    "data_dir",
    "load_config",
    "nearest",
    "prefix_of",
    "private_folder",
    "read_section",
    "read_settings",
]
