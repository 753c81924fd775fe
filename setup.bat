@cd /d "%~dp0"
npm ci
